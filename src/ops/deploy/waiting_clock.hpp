// Time as operations need it: to read, and to let pass. Injected, so that tests wait for nothing.
// Used on the main thread; signals may come on any.
#pragma once

#include <chrono>

#include "base/time.hpp"

namespace slipway::ops {

class WaitingClock : public base::Clock {
 public:
  /// Lets it pass, or less once somebody wants the operation to stop.
  virtual void wait(std::chrono::milliseconds time) = 0;
  /// Whether SIGINT or SIGTERM came. What is under way is then undone.
  virtual bool interrupted() const = 0;
};

/// The machine's clock; from its construction on, the first SIGINT, SIGTERM or SIGHUP asks to stop
/// and the next ones are ignored: undoing must not be cut short (SIGKILL still ends it, and the
/// next call finds what it left). One at a time.
class SystemWaitingClock final : public WaitingClock {
 public:
  SystemWaitingClock();
  ~SystemWaitingClock() override;
  SystemWaitingClock(const SystemWaitingClock&) = delete;
  SystemWaitingClock& operator=(const SystemWaitingClock&) = delete;

  base::Timestamp now() const override;
  void wait(std::chrono::milliseconds time) override;
  bool interrupted() const override;
};

}  // namespace slipway::ops
