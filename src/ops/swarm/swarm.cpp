#include "ops/swarm/swarm.hpp"

#include <algorithm>

namespace slipway::ops {

bool SwarmTask::hasEnded() const {
  return hasFailed() || state == "complete" || state == "shutdown" || state == "orphaned" ||
         state == "remove";
}

const SwarmService* findService(const std::vector<SwarmService>& services,
                                const std::string& name) {
  const auto found = std::ranges::find(services, name, &SwarmService::name);
  return found == services.end() ? nullptr : &*found;
}

}  // namespace slipway::ops
