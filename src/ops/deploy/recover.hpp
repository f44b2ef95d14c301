// slipway finish: ends what a deployment kept open, so that one version serves alone.
// slipway recover: undoes or finishes an operation that was cut short.
#pragma once

#include "ops/deploy/preparation.hpp"

namespace slipway::ops {

struct FinishRequest {
  StackRequest stack;
  bool isDryRun = false;
  bool breaksLock = false;
};

int finish(const FinishRequest& request, Outside& outside);

struct RecoverRequest {
  StackRequest stack;
  bool finishes = false;  // goes on where it stopped, rather than back
  bool breaksLock = false;
};

int recover(const RecoverRequest& request, Outside& outside);

}  // namespace slipway::ops
