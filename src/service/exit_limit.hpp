// The last resort of a shutdown: when an event loop, a thread or a destructor hangs, the process
// ends all the same. Main thread only; one of it in a process (it uses SIGALRM).
#pragma once

#include <chrono>

namespace slipway::service {

/// From now on the process has `limit` to end; then it ends at once with `exitCode`, or with 1
/// where that is 0. SIGTERM and SIGINT shorten the limit to 1 s.
void startExitLimit(int exitCode, std::chrono::milliseconds limit);

/// Withdraws the limit when all that may hang is gone.
class ExitLimitScope {
 public:
  ExitLimitScope() = default;
  ~ExitLimitScope();
  ExitLimitScope(const ExitLimitScope&) = delete;
  ExitLimitScope& operator=(const ExitLimitScope&) = delete;
};

}  // namespace slipway::service
