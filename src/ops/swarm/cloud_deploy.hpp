// slipway deploy cloud, rollback cloud and scale: a change by Swarm, waited for, tried, and taken
// back where it does not do. Exit codes: those of deploy.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "ops/swarm/cloud_run.hpp"

namespace slipway::ops {

struct CloudRequest {
  enum class Verb : std::uint8_t { Deploy, Rollback, Scale };
  Verb verb = Verb::Deploy;
  StackRequest stack = {};
  std::string version = {};  // of a rollback it may be empty: the one that served before
  unsigned replicas = 0;     // of a scale
  bool isDryRun = false;
  bool breaksLock = false;
  bool backsUp = false;             // first, where something serves
  std::chrono::seconds limit{300};  // for Swarm to do what it is told
};

int changeCloud(const CloudRequest& request, CloudOutside& outside);

}  // namespace slipway::ops
