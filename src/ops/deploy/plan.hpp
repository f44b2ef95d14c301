// An operation's plan, from the operation alone: the same one again after a crash.
#pragma once

#include "ops/deploy/operation.hpp"
#include "ops/deploy/stack.hpp"
#include "ops/deploy/step.hpp"

namespace slipway::ops {

Plan makePlan(const Stack& stack, const Operation& operation);

}  // namespace slipway::ops
