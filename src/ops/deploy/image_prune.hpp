// Which images of the service may go: of versions that were deployed once and are not among the
// last ones of any stack beside this one. What was never deployed is not ours to remove.
#pragma once

#include <string>
#include <vector>

#include "ops/deploy/history.hpp"
#include "ops/deploy/run.hpp"

namespace slipway::ops {

inline constexpr std::size_t kKeptVersions = 5;

/// Versions (tags). `histories`: of all stacks whose state folders are beside each other.
std::vector<std::string> prunable(const std::vector<History>& histories, std::size_t kept);

/// Removes them, where no container needs them; tells in one line what went.
Result<std::string> pruneImages(Run& run);

}  // namespace slipway::ops
