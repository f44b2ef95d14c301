// Points in time as the API and the logs print them, and the clock that gives them.
#pragma once

#include <chrono>
#include <string>

namespace slipway::base {

class TextBuffer;

/// UTC, microseconds.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// Injected wherever time decides something, so that tests don't sleep. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
};

/// The machine's clock. Lives for the whole process.
const Clock& systemClock();

/// `2026-11-22T21:50:04.467741`; like Python's isoformat, no fraction when it is zero.
void appendIsoTime(std::string& out, Timestamp time);
std::string isoTime(Timestamp time);

/// Appends the same for one time after another: what changes once a second is kept. One a thread.
class IsoTimes {
 public:
  void append(TextBuffer& out, Timestamp time);

 private:
  std::chrono::sys_seconds second_ = std::chrono::sys_seconds::min();
  std::string text_;
};

}  // namespace slipway::base
