// What a validation found, as a value, and its forms for people and for programs.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"

namespace slipway::ops {

struct Check {
  enum class Outcome : std::uint8_t { Passed, Failed, Skipped };
  std::string name;
  Outcome outcome = Outcome::Passed;
  std::string detail;  // in one line: what was seen, what is wrong, why it was not looked at
};

/// Times are of whole requests, as a client sees them.
struct LoadFigures {
  using Milliseconds = std::chrono::duration<double, std::milli>;
  std::size_t requests = 0;  // that got an answer, or an error in the place of one
  std::size_t errors = 0;
  std::size_t limited = 0;  // answers 429: waited for and asked again, no errors
  std::chrono::duration<double> took{};
  Milliseconds mean{};
  Milliseconds p50{};
  Milliseconds p95{};
  Milliseconds p99{};
  Milliseconds max{};

  double errorPercent() const;
};

struct Report {
  std::string target;
  std::vector<Check> checks;
  std::optional<LoadFigures> load;
  bool interrupted = false;

  std::size_t count(Check::Outcome outcome) const;
  bool passed() const { return !interrupted && count(Check::Outcome::Failed) == 0; }
  /// "17 passed, 1 failed, 2 skipped"
  std::string counts() const;
};

std::string asText(const Report& report);
base::Json asJson(const Report& report);

std::string_view nameOf(Check::Outcome outcome);

}  // namespace slipway::ops
