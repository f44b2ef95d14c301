// `docker stack deploy` by its argument vector.
#pragma once

#include <filesystem>

#include "ops/process/run_command.hpp"
#include "ops/swarm/cloud_stack.hpp"

namespace slipway::ops {

Command stackDeployCommand(const CloudStack& stack, const StackVariables& variables,
                           const std::filesystem::path& socket);

/// Accepted, not done. Error: what it says.
Result<> deployStack(const CloudStack& stack, const StackVariables& variables,
                     const std::filesystem::path& socket);

}  // namespace slipway::ops
