// Changes to a colour of a stack, each written into the env file before it is carried out, so that
// Compose by hand, at any moment, goes the same way.
#pragma once

#include "ops/deploy/run.hpp"

namespace slipway::ops {

/// Writes the lines of the env file.
Result<> setDesired(const Run& run, const DesiredState& state);
/// Only those of one colour.
Result<> setColour(const Run& run, Colour colour, const ColourState& state);

/// Makes the colour run as it is written: `docker compose up`. `more`: further arguments.
Result<> bringUp(Run& run, Colour colour, const std::vector<std::string>& more = {});
/// Stops and removes all its containers, each as gracefully as its service asks for; in the env
/// file it has no replicas then.
Result<> takeAway(Run& run, Colour colour);

struct Wanted {
  Colour colour = Colour::Blue;
  unsigned count = 0;
  std::string image = {};  // only containers of that one; empty: all
  bool isNew = true;       // so that to be started again is to have failed
};

/// Until as many containers as are wanted, and no more, are healthy and ready. Error, at once when
/// one died; the last lines of those that are not ready are kept.
Result<std::string> waitReady(Run& run, const Wanted& wanted);

}  // namespace slipway::ops
