// Where a Swarm's database runs: backups are made by the Engine that has its container.
#pragma once

#include <string>

#include "ops/docker/engine.hpp"
#include "ops/swarm/swarm.hpp"

namespace slipway::ops {

/// The id of the container of the stack's database. Error: it does not run, or the Engine that is
/// asked is not that of its node; with the node's name and what to do.
Result<std::string> databaseContainer(const std::string& stack, Swarm& swarm, Engine& engine);

}  // namespace slipway::ops
