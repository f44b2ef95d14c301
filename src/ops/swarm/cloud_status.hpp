// slipway status cloud: what runs where, and what failed last. Only looks.
#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "ops/swarm/cloud_stack.hpp"
#include "ops/swarm/convergence.hpp"

namespace slipway::ops {

struct CloudStatus {
  std::string name = {};
  std::vector<SwarmService> services;
  std::vector<SwarmTask> tasks;
  std::vector<SwarmNode> nodes;

  Convergence convergence() const { return assess(services, tasks); }
  /// All is as it should be, and no node is away.
  bool isWell() const;
};

Result<CloudStatus> readCloudStatus(const CloudStack& stack, Swarm& swarm);

base::Json toJson(const CloudStatus& status);
std::string inLines(const CloudStatus& status);

}  // namespace slipway::ops
