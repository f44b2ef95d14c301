// slipway rollback: back to a version that served before; within a second or so when it is still
// kept warm.
#pragma once

#include <optional>
#include <string>

#include "ops/deploy/history.hpp"
#include "ops/deploy/preparation.hpp"

namespace slipway::ops {

struct RollbackRequest {
  StackRequest stack;
  std::optional<std::string> version;  // none: the one before
  std::chrono::seconds readyLimit{90};
  bool isDryRun = false;
  bool breaksLock = false;
};

/// Gives the exit code.
int rollback(const RollbackRequest& request, Outside& outside);

/// What of the history is meant: by its tag, or by what it was pinned from (`latest`); the newest
/// such. Without a version: the newest that is not `serving`.
std::optional<Release> findRelease(const History& history,
                                   const std::optional<std::string>& version,
                                   const std::string& serving);

}  // namespace slipway::ops
