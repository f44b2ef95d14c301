// Collects what is wrong in one check, so that all of it is told at once.
#pragma once

#include <string>
#include <string_view>

#include "ops/validate/report.hpp"

namespace slipway::ops {

class Findings {
 public:
  /// Notes `problem` unless `good`; returns `good`.
  bool require(bool good, std::string_view problem);
  bool none() const { return problems_.empty(); }
  /// Passed with that detail when nothing is wrong.
  Check check(std::string_view name, std::string_view whenGood) const;

 private:
  std::string problems_;
};

inline Check skipped(std::string_view name, std::string reason) {
  return {std::string(name), Check::Outcome::Skipped, std::move(reason)};
}

inline Check failed(std::string_view name, std::string reason) {
  return {std::string(name), Check::Outcome::Failed, std::move(reason)};
}

}  // namespace slipway::ops
