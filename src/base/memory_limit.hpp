// How much memory this process may really use: what its control group grants (version 1 or 2) and
// the machine has.
#pragma once

#include <cstdint>
#include <filesystem>

namespace slipway::base {

/// In bytes; 0 when nothing tells. `root` is where /proc and /sys are found; tests give their own.
std::uint64_t grantedMemory(const std::filesystem::path& root = "/");

}  // namespace slipway::base
