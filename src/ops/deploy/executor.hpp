// Carries a plan out, step by step, and when one fails undoes what was done, in reverse order. Each
// step is written down before it begins.
#pragma once

#include <cstddef>
#include <string>

#include "ops/deploy/run.hpp"
#include "ops/deploy/step.hpp"

namespace slipway::ops {

struct Outcome {
  int exitCode = 0;
  std::string failedStep;  // empty: none failed
  std::string reason;
  bool isUndone = true;  // all is as before, where a step failed that was no tidying

  bool succeeded() const { return failedStep.empty(); }
};

/// From step number `first` on.
Outcome execute(const Plan& plan, Run& run, std::size_t first = 0);

/// Undoes the first `count` steps, the last of them first. False when one could not be undone: it
/// and those before it are left for `slipway recover`.
bool undo(const Plan& plan, Run& run, std::size_t count);

/// The number of the step of that name; plan.size() when there is none.
std::size_t positionOf(const Plan& plan, std::string_view step);

}  // namespace slipway::ops
