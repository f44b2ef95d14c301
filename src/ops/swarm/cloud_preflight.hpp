// What must be so before anything of a Swarm's stack is changed, and what serves there now. Only
// looks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ops/deploy/operation_lock.hpp"
#include "ops/swarm/cloud_run.hpp"

namespace slipway::ops {

/// What the service is at the moment.
struct CloudServing {
  std::string version = {};  // empty: nothing serves
  unsigned replicas = 0;
};

/// Every problem with the nodes: no manager, no node with a label that the stack needs.
std::vector<std::string> checkNodes(Swarm& swarm);

/// As Swarm has it; what .env.cloud says where there is no such service yet.
Result<CloudServing> servingNow(const CloudStack& stack, Swarm& swarm);

/// The lock of the stack's folder. Error: who has it.
Result<OperationLock> lockCloud(const CloudStack& stack, const CloudOutside& outside,
                                const std::string& what, bool breaks);

}  // namespace slipway::ops
