#include "base/cpu_quota.hpp"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <thread>

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

/// The least of a group and of those above it: each of them limits. In a container the path may be
/// the host's; then only the mount's own root is there to be read, and that is the right one.
double quotaUpwards(const fs::path& mount, fs::path group) {
  double least = quotaOfGroup(mount);
  for (group = group.relative_path(); !group.empty(); group = group.parent_path()) {
    least = std::min(least, quotaOfGroup(mount / group));
  }
  return least;
}

bool hasCpuController(std::string_view controllers) {
  const auto names = splitList(controllers);
  return std::ranges::find(names, "cpu") != names.end();
}

}  // namespace

double cpuQuota(const fs::path& root) {
  const auto mounts = root / "sys/fs/cgroup";
  std::ifstream groups(root / "proc/self/cgroup");
  double least = kUnlimited;
  // Lines of `number:controllers:path`; version 2 has no controllers there.
  for (std::string line; std::getline(groups, line);) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const auto controllers = line.substr(first + 1, second - first - 1);
    const fs::path group = line.substr(second + 1);
    if (controllers.empty()) {
      least = std::min(least, quotaUpwards(mounts, group));
    } else if (hasCpuController(controllers)) {
      least = std::min(least, quotaUpwards(mounts / controllers, group));
      least = std::min(least, quotaUpwards(mounts / "cpu", group));
    }
  }
  return least;
}

unsigned grantedCores(const fs::path& root) {
  unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0) {
    cores = static_cast<unsigned>(CPU_COUNT(&allowed));
  }
  const auto quota = std::floor(cpuQuota(root));
  return quota < cores ? std::max(1U, static_cast<unsigned>(quota)) : cores;
}

}  // namespace slipway::base
