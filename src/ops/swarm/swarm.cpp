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

std::string explained(const std::string& error) {
  if (error.find("does not have a leader") == std::string::npos) return error;
  return "the Swarm has no leader: nothing of it can be seen or changed, what runs goes on; if it "
         "stays so, bring its managers back, or see 'Too few managers' in docs/operations.md";
}

}  // namespace slipway::ops
