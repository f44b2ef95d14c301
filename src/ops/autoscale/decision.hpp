// How many replicas there should be: a pure function of what was measured, of what was decided
// before, and of rules. Nothing here asks, waits or changes anything.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "base/time.hpp"

namespace slipway::ops {

/// Of all replicas together, over the last minute. What nobody asked for has no p99 and no queue:
/// 0.
struct Load {
  double cpu = 0;           // of what they may use: 0 to 1
  double saturation = 0;    // of requests in flight or database connections, whichever is fuller
  double queueSeconds = 0;  // that a statement waits for a connection
  double p99Seconds = 0;    // that a request takes
};

struct ScaleRules {
  unsigned min = 2;
  unsigned max = 10;
  unsigned stepUp = 2;  // at once; half as many again where that is more
  unsigned stepDown = 1;
  Load targets{.cpu = 0.6, .saturation = 0.5, .queueSeconds = 0.02, .p99Seconds = 0.25};
  double tolerance = 0.1;                // around a target, in which nothing is done
  std::chrono::seconds upCoolDown{30};   // until the last change shows in the figures
  std::chrono::seconds downWindow{300};  // for as long fewer must have been enough
  unsigned databaseConnections = 80;     // that all replicas together may have
  unsigned connectionsPerReplica = 10;
};

struct Situation {
  base::Timestamp now;
  unsigned wanted = 0;            // replicas, as Swarm has it
  unsigned running = 0;           // of them
  bool isFrozen = false;          // a deployment is under way
  std::optional<Load> load = {};  // nothing: Prometheus is away, or knows too little
};

/// What earlier looks said, for the window. Bounded by it.
struct ScaleMemory {
  struct Need {
    base::Timestamp at;
    unsigned replicas = 0;
  };
  std::deque<Need> needs = {};
  std::optional<base::Timestamp> begun = {};  // of watching without a gap
  std::optional<base::Timestamp> lastChange = {};
};

enum class Reason : std::uint8_t {
  Enough,       // nothing to do
  Frozen,       // a deployment
  NoFigures,    // Prometheus is away
  Starting,     // not all that are wanted run yet
  CoolDown,     // too soon after the last change
  Window,       // fewer would do, not for long enough yet
  AtMaximum,    // more would be good
  Connections,  // the same, but for the database's connections
  Up,
  Down,
  Bounds,  // outside of min and max
};

struct ScaleDecision {
  unsigned replicas = 0;
  Reason reason = Reason::Enough;
  unsigned needed = 0;      // by the figures alone
  std::string signal = {};  // that asks for the most: cpu, saturation, queue, p99
};

ScaleDecision decide(const ScaleRules& rules, const Situation& situation,
                     const ScaleMemory& memory);

/// The memory after that decision was carried out (or, where `failed`, was not).
ScaleMemory remember(ScaleMemory memory, const ScaleRules& rules, const Situation& situation,
                     const ScaleDecision& decision, bool failed = false);

/// The most that the rules allow: max, or what the database's connections are enough for, with one
/// replica to spare, which a rolling update starts before it stops another. At least 1.
unsigned mostReplicas(const ScaleRules& rules);

std::string_view nameOf(Reason reason);

}  // namespace slipway::ops
