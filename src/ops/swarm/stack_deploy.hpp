// `docker stack deploy` by its argument vector.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "ops/process/run_command.hpp"
#include "ops/swarm/cloud_stack.hpp"

namespace slipway::ops {

Command stackDeployCommand(const CloudStack& stack, const StackVariables& variables,
                           const std::filesystem::path& socket);

/// What it says in `err` at its end, in one line.
std::string deployError(int exitCode, std::string_view err);

/// Accepted, not done. Error: what it says.
Result<> deployStack(const CloudStack& stack, const StackVariables& variables,
                     const std::filesystem::path& socket);

}  // namespace slipway::ops
