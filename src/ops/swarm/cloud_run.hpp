// What operations on a Swarm's stack work with, and the waiting that they share.
#pragma once

#include <chrono>
#include <functional>
#include <set>
#include <string>

#include "ops/deploy/reporter.hpp"
#include "ops/deploy/waiting_clock.hpp"
#include "ops/docker/engine.hpp"
#include "ops/swarm/cloud_stack.hpp"
#include "ops/swarm/convergence.hpp"
#include "ops/swarm/swarm.hpp"

namespace slipway::ops {

/// The ways to the outside, and who asks. `deployStack`: `docker stack deploy` of the stack's files
/// with these variables. `backUp`: makes a backup of its database and gives its name. `validate`:
/// what answers at that URL, with that token.
struct CloudOutside {
  Swarm& swarm;
  Engine& engine;  // of the same node
  WaitingClock& clock;
  Reporter& reporter;
  std::function<Result<>(const CloudStack&, const StackVariables&)> deployStack;
  std::function<Result<std::string>()> backUp;
  std::function<Result<std::string>(const std::string& url, const std::string& token)> validate;
  Variables variables;
  std::string who;
  std::string host;
  int pid = 0;
};

struct Patience {
  std::chrono::seconds limit{300};
  bool endsAtInterrupt = true;  // undoing does not
};

/// Until the stack is as it was asked to be. On the way each newest failure's log is shown, once a
/// task. Error: Swarm gave up or went back, the time is up, or somebody wants to stop.
/// `known`: tasks whose failure is no news; they are added to.
Result<> waitForConvergence(const CloudStack& stack, CloudOutside& outside,
                            const Patience& patience, std::set<std::string>& known);

/// The ids of all tasks that have failed so far.
Result<std::set<std::string>> failuresSoFar(const CloudStack& stack, Swarm& swarm);

/// An autoscaler changes nothing before that time (a label of the service api); 0: at once. Fine
/// when there is no such service.
Result<> freezeScaling(const CloudStack& stack, Swarm& swarm, std::int64_t until);

/// The label, and when it ends; 0 without one.
inline constexpr const char* kFrozenLabel = "slipway.frozen-until";
std::int64_t frozenUntil(const SwarmService& service);

}  // namespace slipway::ops
