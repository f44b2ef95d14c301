// Tells a Reporter of the steps of what is under way, with their times; without one, nobody.
// Single-threaded.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "ops/deploy/reporter.hpp"

namespace slipway::ops {

class Steps {
 public:
  /// `reporter` outlives it, where there is one.
  explicit Steps(Reporter* reporter) : reporter_(reporter) {}
  /// A step that has begun and not ended has failed.
  ~Steps() { end(StepEvent::Kind::Failed, ""); }
  Steps(const Steps&) = delete;
  Steps& operator=(const Steps&) = delete;

  /// The step before it is done where that was not told.
  void begin(std::string name, std::string_view does);
  void done(std::string_view note = "") { end(StepEvent::Kind::Done, note); }
  void failed(std::string_view why) { end(StepEvent::Kind::Failed, why); }
  /// Told a few times a second at most.
  void moved(std::uint64_t bytes, std::uint64_t of = 0);
  void note(std::string_view text);

 private:
  using Clock = std::chrono::steady_clock;
  void end(StepEvent::Kind kind, std::string_view text);

  Reporter* reporter_;
  std::string name_;  // of the step that is under way
  Clock::time_point begun_;
  Clock::time_point told_;
};

/// "12.3 MiB"
std::string sizeInWords(std::uint64_t bytes);

}  // namespace slipway::ops
