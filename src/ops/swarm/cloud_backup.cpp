#include "ops/swarm/cloud_backup.hpp"

#include "ops/swarm/cloud_database.hpp"
#include "ops/swarm/cloud_proxy.hpp"

namespace slipway::ops {

void useSwarm(BackupSettings& settings, CloudStack stack, const SwarmWays& ways) {
  settings.findDatabase = [name = stack.name, ways] {
    return databaseContainer(name, ways.swarm, ways.engine);
  };
  settings.clearCache = [stack = std::move(stack), ways] {
    return clearCloudCache(stack, ways.swarm, ways.http, ways.clock);
  };
}

}  // namespace slipway::ops
