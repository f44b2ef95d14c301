// How backups of a Swarm's database differ from those of one host: the database is found by its
// task, and the service is asked through a proxy.
#pragma once

#include "ops/backup/backup_settings.hpp"
#include "ops/deploy/waiting_clock.hpp"
#include "ops/docker/engine.hpp"
#include "ops/http/http_client.hpp"
#include "ops/swarm/cloud_stack.hpp"
#include "ops/swarm/swarm.hpp"

namespace slipway::ops {

/// All of them outlive the settings.
struct SwarmWays {
  Swarm& swarm;
  Engine& engine;
  HttpClient& http;
  WaitingClock& clock;
};

/// From now on the settings are those of the stack on that Swarm.
void useSwarm(BackupSettings& settings, CloudStack stack, const SwarmWays& ways);

}  // namespace slipway::ops
