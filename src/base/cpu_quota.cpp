#include "base/cpu_quota.hpp"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <thread>

#include "base/control_groups.hpp"
#include "base/text.hpp"

namespace slipway::base {

namespace {

namespace fs = std::filesystem;

constexpr double kUnlimited = std::numeric_limits<double>::infinity();

double coresOf(std::string_view quota, std::string_view period) {
  const auto quotaUs = parseUnsigned(quota);  // "max" and -1: none
  const auto periodUs = parseUnsigned(period);
  if (!quotaUs || !periodUs || *periodUs == 0) return kUnlimited;
  return static_cast<double>(*quotaUs) / static_cast<double>(*periodUs);
}

std::string readWord(std::istream& in) {
  std::string word;
  in >> word;
  return word;
}

double quotaOfGroup(const fs::path& group) {
  std::ifstream v2(group / "cpu.max");
  if (v2) {
    const auto quota = readWord(v2);
    return coresOf(quota, readWord(v2));
  }
  std::ifstream quota(group / "cpu.cfs_quota_us");
  std::ifstream period(group / "cpu.cfs_period_us");
  return coresOf(readWord(quota), readWord(period));
}

}  // namespace

double cpuQuota(const fs::path& root) {
  double least = kUnlimited;
  for (const auto& group : controlGroups(root, "cpu")) {
    least = std::min(least, quotaOfGroup(group));
  }
  return least;
}

double cpuLimit(const fs::path& root) {
  double cores = std::max(1U, std::thread::hardware_concurrency());
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0) cores = CPU_COUNT(&allowed);
  return std::min(cores, cpuQuota(root));
}

unsigned grantedCores(const fs::path& root) {
  return std::max(1U, static_cast<unsigned>(std::floor(cpuLimit(root))));
}

}  // namespace slipway::base
