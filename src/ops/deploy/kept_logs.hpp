// The last lines of containers that failed: shown, and kept in the state folder, for the containers
// themselves go.
#pragma once

#include <string>
#include <vector>

#include "ops/deploy/run.hpp"

namespace slipway::ops {

/// What ended it, in words: "exited with 69", "killed: out of memory", "unhealthy".
std::string describeTrouble(const Container& container);

/// Shows and keeps the last lines of each: at most 200 lines and 64 KiB, and 20 files in all.
void keepLogs(Run& run, const std::vector<Container>& containers);

}  // namespace slipway::ops
