// slipway autoscale: looks, decides, scales, tells; again and again until it is told to stop. What
// it decides is decision.hpp's.
#pragma once

#include <chrono>
#include <functional>
#include <iosfwd>
#include <string>

#include "base/json.hpp"
#include "ops/autoscale/decision.hpp"
#include "ops/deploy/waiting_clock.hpp"
#include "ops/swarm/swarm.hpp"

namespace slipway::ops {

struct ScaleLoopParts {
  Swarm& swarm;
  WaitingClock& clock;
  std::function<Result<Load>()> askLoad;
  std::ostream& out;  // one JSON object for each decision that says something new
  std::string stack = {};
  ScaleRules rules = {};
  std::chrono::seconds interval{10};
  bool isDryRun = false;  // decides and tells; changes nothing
  /// Gets the figures after each look, in Prometheus' text format; may be empty.
  std::function<void(std::string)> publish = {};
};

/// Until the clock is interrupted. Whatever can't be had at one look is tried at the next.
void runScaleLoop(ScaleLoopParts parts);

/// All that is known after a look.
struct ScaleFigures {
  Situation situation;
  ScaleDecision decision;
  std::string trouble = {};  // why there is no load, or no change
  std::uint64_t ups = 0;
  std::uint64_t downs = 0;
  std::uint64_t failures = 0;
  unsigned most = 0;
};

/// In Prometheus' text format.
std::string metricsText(const ScaleFigures& figures);
base::Json logEntry(const ScaleFigures& figures);

}  // namespace slipway::ops
