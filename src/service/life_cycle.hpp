// Start, signals and the end: SIGTERM or SIGINT drains (contract, section 5), a second one stops at
// once. Runs on the main thread while the workers' loops run on theirs.
#pragma once

#include <memory>
#include <vector>

#include "service/worker.hpp"

namespace slipway::service {

/// Serves until a signal comes and its drain has ended. Returns the exit code (see serve.hpp). The
/// process must end soon after, or an exit limit ends it: see exit_limit.hpp.
int runWorkers(std::vector<std::unique_ptr<Worker>>& workers, SharedParts& shared);

}  // namespace slipway::service
