// The real ways to a Swarm for verbs that are about its stack.
#pragma once

#include <functional>

#include "ops/cli/stack_options.hpp"
#include "ops/swarm/cloud_deploy.hpp"

namespace slipway::ops {

/// Whether the verb is about the Swarm's stack.
bool isCloud(const StackOptions& options);

/// Gives `work` the real Swarm, clock and so on, and its exit code back.
int withCloud(const CommandContext& context, const StackOptions& options,
              const std::function<int(const StackRequest&, CloudOutside&)>& work);

/// deploy, rollback and scale of it; `limit`: as it was given, "300s".
int runCloud(const CommandContext& context, const StackOptions& options, CloudRequest request,
             const std::string& limit);

/// What --timeout of a verb is answered with where there is no Swarm.
int refuseTimeout(const CommandContext& context, const char* verb);

int showCloudStatus(const CommandContext& context, const StackOptions& options);

}  // namespace slipway::ops
