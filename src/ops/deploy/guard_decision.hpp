// Is the new version worse than the one before? Decided from counts alone, so that it can be told,
// tested and explained; what counts is only what chance does not explain. Pure functions.
//
// Worse is, as soon as it shows:
// - an incident: a container of the new version died, was started again or became unhealthy;
// - more than `factor` times as many 5xx as before (before: at least `leastErrorShare`);
// - p99 above `factor` times that of before (but at least `leastSlow`): more than 1 % of requests
//   are slower than that;
// - requests that the version before had to answer, in the same measure;
// - synthetic probes that fail in the same measure.
// At the end of the window it is a pass only when there were enough requests to see all that.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ops/deploy/traffic.hpp"

namespace slipway::ops {

enum class Verdict : std::uint8_t { Watching, Pass, Worse, Undecided };

struct Decision {
  Verdict verdict = Verdict::Watching;
  std::string reason;  // in one line
};

struct GuardLimits {
  double factor = 2;
  double leastErrorShare = 0.001;
  double leastSlow = 0.1;   // seconds
  double slowShare = 0.01;  // what p99 means
  double chance = 1e-4;     // so improbable must it be that the version is no worse
  std::uint64_t samples = 50;
};

struct GuardEvidence {
  std::optional<Traffic> before;  // nothing: nothing served before
  Traffic after;
  std::uint64_t takenOver = 0;  // requests that the old version answered, which stands by
  std::uint64_t probes = 0;
  std::uint64_t failedProbes = 0;
  std::string incident = {};
  bool isOver = false;  // the window
};

Decision decide(const GuardEvidence& evidence, const GuardLimits& limits);

/// How probable it is that of `count` independent events with probability `p` at least `least`
/// happen.
double chanceOfAtLeast(std::uint64_t least, std::uint64_t count, double p);

}  // namespace slipway::ops
