#include "ops/deploy/executor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "ops/cli/exit_codes.hpp"
#include "ops/deploy/reserve.hpp"

namespace slipway::ops {

namespace {

using std::chrono::milliseconds;
using Kind = StepEvent::Kind;

class Stopwatch {
 public:
  explicit Stopwatch(const base::Clock& clock) : clock_(clock), start_(clock.now()) {}
  milliseconds elapsed() const {
    return std::chrono::duration_cast<milliseconds>(clock_.now() - start_);
  }

 private:
  const base::Clock& clock_;
  const base::Timestamp start_;
};

Result<std::string> carryOut(const Step& step, Run& run) {
  if (const auto reason = run.reasonToStop()) return std::unexpected(*reason);
  run.operation.step = step.name;
  if (const auto kept = run.keepOperation(); !kept) return std::unexpected(kept.error());
  run.reporter.step({Kind::Begun, step.name, step.does});
  return step.run(run);
}

bool isStillInCharge(const Run& run) { return run.lock == nullptr || run.lock->isOurs(); }

/// An Engine that is started again in the middle of it comes back, and without it nothing can be
/// undone. Whether it did shows by what is done next.
void waitForEngine(Run& run) {
  constexpr std::chrono::seconds kLimit{60};
  if (run.engine.facts()) return;
  run.reporter.note("the Docker Engine does not answer: waiting for it, 60 s at most");
  static_cast<void>(waitUntil(run, "an Engine that answers", kLimit,
                              [&run]() -> Result<std::optional<std::string>> {
                                if (!run.engine.facts()) return std::nullopt;
                                return "";
                              }));
}

/// Once more where the Engine went away in the middle.
Result<std::string> undoStep(const Step& step, Run& run) {
  waitForEngine(run);
  auto undone = step.undo(run);
  if (undone || run.engine.facts()) return undone;
  waitForEngine(run);
  return step.undo(run);
}

/// A step that was only begun is undone, too.
Outcome failed(const Plan& plan, Run& run, std::size_t at, std::string reason) {
  Outcome outcome{plan[at].exitCode, plan[at].name, std::move(reason)};
  if (!isStillInCharge(run)) {
    outcome.exitCode = kExitLocked;
    outcome.isUndone = false;
    return outcome;
  }
  if (run.clock.interrupted()) outcome.exitCode = kExitInterrupted;
  if (plan[at].isTidying) return outcome;
  outcome.isUndone = undo(plan, run, at + 1);
  if (!outcome.isUndone) outcome.exitCode = kExitNotUndone;
  return outcome;
}

}  // namespace

Outcome execute(const Plan& plan, Run& run, std::size_t first) {
  for (std::size_t at = first; at < plan.size(); ++at) {
    const Stopwatch stopwatch(run.clock);
    const auto note = carryOut(plan[at], run);
    if (!note) {
      run.reporter.step({Kind::Failed, plan[at].name, note.error(), stopwatch.elapsed()});
      return failed(plan, run, at, note.error());
    }
    run.reporter.step({Kind::Done, plan[at].name, *note, stopwatch.elapsed()});
  }
  return {};
}

bool undo(const Plan& plan, Run& run, std::size_t count) {
  run.isUndoing = true;
  releaseReserve(run.stack);
  run.operation.phase = Phase::Undoing;
  for (const auto& step : plan | std::views::take(count) | std::views::reverse) {
    if (!step.undo) continue;
    if (!isStillInCharge(run)) return false;
    const Stopwatch stopwatch(run.clock);
    run.operation.step = step.name;
    // Undoing goes on even where that can't be written: the step before is as good to begin from.
    if (const auto kept = run.keepOperation(); !kept) run.reporter.note(kept.error());
    const auto undone = undoStep(step, run);
    if (!undone) {
      run.reporter.step({Kind::NotUndone, step.name, undone.error(), stopwatch.elapsed()});
      return false;
    }
    run.reporter.step({Kind::Undone, step.name, *undone, stopwatch.elapsed()});
  }
  return true;
}

std::size_t positionOf(const Plan& plan, std::string_view step) {
  return static_cast<std::size_t>(std::ranges::find(plan, step, &Step::name) - plan.begin());
}

}  // namespace slipway::ops
