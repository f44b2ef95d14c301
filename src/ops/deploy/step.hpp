// A step of an operation as a value: what it will do, how, and how it is undone. A Plan is made
// from an Operation alone, so that after a crash the same plan can be made again. Steps and their
// undoing can be repeated: whichever was cut short is carried out once more.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ops/result.hpp"

namespace slipway::ops {

struct Run;

/// Gives a note on what came of it; empty: nothing worth telling.
using StepAction = std::function<Result<std::string>(Run&)>;

struct Step {
  std::string name;  // one word; in deploy.json and in --json
  std::string does;  // in words, with the command line where there is one
  int exitCode = 1;  // when it fails
  StepAction run;
  StepAction undo = {};  // none: it leaves nothing that would have to go
  /// The new version has proven itself: when this fails it serves all the same, and the next call
  /// does what is left.
  bool isTidying = false;
};

using Plan = std::vector<Step>;

}  // namespace slipway::ops
