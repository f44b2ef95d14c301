// Which control groups limit this process (version 1 or 2): its own and all above it, for each of
// them does. In a container the path that the kernel tells may be the host's; then only the mount's
// own root is there to be read, and that is the right one.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

namespace slipway::base {

/// Folders, not all of which need exist, of a controller such as `cpu` or `memory`. `root` is where
/// /proc and /sys are found; tests give their own.
std::vector<std::filesystem::path> controlGroups(const std::filesystem::path& root,
                                                 std::string_view controller);

}  // namespace slipway::base
