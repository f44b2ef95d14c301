// Whether a stack is as it was asked to be, judged by what its services and tasks are now: accepted
// is not yet done. Pure functions.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "ops/swarm/swarm.hpp"

namespace slipway::ops {

struct Convergence {
  enum class Outcome : std::uint8_t { Waiting, Done, Failed };
  Outcome outcome = Outcome::Done;
  std::string text = {};  // "api 1 of 2, db starting"; why it failed
};

/// Done: as many tasks of the last specification run (and are healthy) as are wanted, no update is
/// under way, jobs have ended well. Failed: Swarm gave up or went back by itself.
Convergence assess(const std::vector<SwarmService>& services, const std::vector<SwarmTask>& tasks);

/// The newest task that failed and is not among `known`, or nullptr.
const SwarmTask* newestFailure(const std::vector<SwarmTask>& tasks,
                               const std::set<std::string>& known);

/// How many tasks of the service run as its last specification says.
std::size_t runningTasks(const SwarmService& service, const std::vector<SwarmTask>& tasks);

}  // namespace slipway::ops
