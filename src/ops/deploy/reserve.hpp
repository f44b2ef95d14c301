// Room on the disk that an operation keeps for its way back: a file that is given up before undoing
// begins, so that undoing can write its few lines even where the disk became full on the way.
#pragma once

#include "ops/deploy/stack.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

Result<> makeReserve(const Stack& stack);
void releaseReserve(const Stack& stack);

}  // namespace slipway::ops
