// What every operation begins with: where the stack is, the lock, what is found, and all that
// speaks against it. Nothing of the stack is changed; a dry run does not even take the lock.
#pragma once

#include <optional>
#include <string>

#include "ops/deploy/observed.hpp"
#include "ops/deploy/operation.hpp"
#include "ops/deploy/operation_lock.hpp"
#include "ops/deploy/preflight.hpp"
#include "ops/deploy/run.hpp"
#include "ops/deploy/stack.hpp"

namespace slipway::ops {

/// The ways to the outside, and who asks.
struct Outside {
  Engine& engine;
  Compose& compose;
  HttpClient& http;
  WaitingClock& clock;
  Reporter& reporter;
  const OtherParts& others;
  Variables variables;
  std::string who;
  std::string host;
  int pid = 0;
};

struct Preparation {
  Stack stack;
  base::Timestamp begun;
  std::optional<OperationLock> lock;  // none in a dry run, or when it can't be had
  std::optional<Observed> observed;   // none when it can't be found out
  Problems problems;
  int exitCode = 0;  // of a refusal

  void refuse(int code, std::string problem);
};

struct PreparationRequest {
  Stack stack;
  std::string what;  // for who meets the lock: "deploy production 1.2.0"
  bool isDryRun = false;
  bool breaksLock = false;
  bool goesOn = false;  // with an operation that was cut short
};

Preparation prepare(const PreparationRequest& request, Outside& outside);

/// The stack as its env file says.
Result<Stack> findStack(const StackRequest& request, const Variables& variables);

/// What serves now; nothing when nothing does.
std::optional<Release> servingRelease(const Stack& stack, const Observed& observed, Engine& engine);

/// An operation with all that does not depend on its kind filled in.
Operation beginOperation(Verb verb, const Preparation& prepared, const Outside& outside);

/// By its label; empty when it has none.
std::string programIn(const Image& image);

/// Tells all problems, and what became of it; gives the exit code.
int tellRefusal(const Preparation& prepared, Outside& outside);

}  // namespace slipway::ops
