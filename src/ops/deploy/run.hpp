// What steps work with: the stack, the operation, and the ways to the outside, each behind an
// interface. Lives as long as one operation; single-threaded.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "ops/deploy/observed.hpp"
#include "ops/deploy/operation.hpp"
#include "ops/deploy/operation_lock.hpp"
#include "ops/deploy/reporter.hpp"
#include "ops/deploy/stack.hpp"
#include "ops/deploy/waiting_clock.hpp"
#include "ops/docker/compose.hpp"
#include "ops/docker/engine.hpp"
#include "ops/http/http_client.hpp"

namespace slipway::ops {

class TrafficWatch;

/// What is asked of other parts of slipway.
struct OtherParts {
  /// Makes a backup of the stack's database and gives its name.
  std::function<Result<std::string>(const Stack&)> backUp;
  /// Does what a restore that was cut short has left to do; tells what, or nothing.
  std::function<Result<std::string>(const Stack&)> finishRestore;
  /// Tries the service at that base URL with that token; gives what was tried in one line.
  std::function<Result<std::string>(const std::string& baseUrl, const std::string& token)> validate;
};

struct Run {
  const Stack& stack;
  Operation& operation;
  Engine& engine;
  Compose& compose;
  HttpClient& http;
  WaitingClock& clock;
  Reporter& reporter;
  const OtherParts& others;
  const OperationLock* lock = nullptr;  // none in tests of single steps

  bool isUndoing = false;
  /// Watched from before the proxy sends it requests until the guard has decided.
  std::shared_ptr<TrafficWatch> newVersion = {};
  /// Set by the guard when it could not tell.
  std::string undecided = {};

  Result<Observed> look() const { return observe(stack, engine); }
  /// Whether the operation is to stop: somebody interrupted it or broke its lock.
  std::optional<std::string> reasonToStop() const;
  /// Writes deploy.json.
  Result<> keepOperation() const;
};

/// Calls `done` until it gives an answer, an error, or the limit is reached (error: `what` and the
/// limit). `done` gives nothing to be called again, a quarter of a second later. While undoing,
/// interruptions do not count.
using Poll = std::function<Result<std::optional<std::string>>()>;
Result<std::string> waitUntil(Run& run, std::string_view what, std::chrono::seconds limit,
                              const Poll& done);

}  // namespace slipway::ops
