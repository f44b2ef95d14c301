// Carries an operation out and ends it: deploy.json says so, the history has its line, and whoever
// asked is told what became of it and what to do next.
#pragma once

#include "ops/deploy/executor.hpp"
#include "ops/deploy/preparation.hpp"

namespace slipway::ops {

enum class Way : std::uint8_t { Forward, Back };

/// From the step that operation.step names on, or back from it; from the first where it names none.
/// Gives the exit code.
int conduct(Operation operation, const Preparation& prepared, Outside& outside,
            Way way = Way::Forward);

}  // namespace slipway::ops
