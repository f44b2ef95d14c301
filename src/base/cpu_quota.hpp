// How many cores this process may really use: what its control group grants (version 1 or 2) and
// its affinity mask allows, which in a container is often less than the machine has.
#pragma once

#include <filesystem>

namespace slipway::base {

/// At least 1. A quota of 2.5 cores counts as 2: a third busy thread would be throttled.
/// `root` is where /proc and /sys are found; tests give their own.
unsigned grantedCores(const std::filesystem::path& root = "/");

/// The same as it is, in cores: 0.5, or 2.5.
double cpuLimit(const std::filesystem::path& root = "/");

/// The quota alone, in cores; infinity when there is none.
double cpuQuota(const std::filesystem::path& root);

}  // namespace slipway::base
