// One question to a dependency that may hang, whether it is well: asked in the background, given up
// after a limit. Several can be under way at once. Belongs to one loop.
#pragma once

#include <chrono>
#include <memory>

#include "net/task.hpp"
#include "platform/health.hpp"

namespace slipway::platform {

class Probe {
 public:
  /// Starts `question` on `executor`. After `limit` it is cancelled, but not waited for: what it
  /// uses must live as long as the loop may run.
  Probe(const net::Executor& executor, net::Task<Health> question, std::chrono::milliseconds limit);

  /// An error also when the question failed or has no answer within the limit, which runs from the
  /// start. To be awaited once.
  net::Task<Health> answer();

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with the question, which may outlive this object
};

}  // namespace slipway::platform
