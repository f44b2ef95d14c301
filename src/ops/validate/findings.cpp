#include "ops/validate/findings.hpp"

namespace slipway::ops {

bool Findings::require(bool good, std::string_view problem) {
  if (good) return true;
  if (!problems_.empty()) problems_ += "; ";
  problems_ += problem;
  return false;
}

Check Findings::check(std::string_view name, std::string_view whenGood) const {
  return {std::string(name), none() ? Check::Outcome::Passed : Check::Outcome::Failed,
          none() ? std::string(whenGood) : problems_};
}

}  // namespace slipway::ops
