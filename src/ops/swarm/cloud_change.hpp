// The one change that all operations on a Swarm's stack are made of: `docker stack deploy` with
// other variables, and waiting until it is done.
#pragma once

#include <set>
#include <string>

#include "ops/swarm/cloud_run.hpp"

namespace slipway::ops {

struct CloudChange {
  std::string version = {};         // of the service
  unsigned replicas = 2;            // of it
  std::string migrateVersion = {};  // whose migrations are applied
  std::string running = {};  // a release that must be able to do with the schema; empty: none
};

/// What it needs, found out before. `known`: tasks that had failed before.
struct ChangeParts {
  StackVariables digests = {};
  std::set<std::string> known = {};
  Patience patience;
};

/// What came of it, in words. While it runs, autoscalers hold still.
Result<std::string> apply(const CloudStack& stack, const CloudChange& change, ChangeParts& parts,
                          CloudOutside& outside);

/// Tries the stack through a proxy, with a token of its own.
Result<std::string> validateCloud(const CloudStack& stack, CloudOutside& outside);

}  // namespace slipway::ops
