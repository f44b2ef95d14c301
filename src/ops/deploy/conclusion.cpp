#include "ops/deploy/conclusion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ops/cli/exit_codes.hpp"
#include "ops/deploy/deployment_figures.hpp"
#include "ops/deploy/history.hpp"
#include "ops/deploy/plan.hpp"
#include "ops/deploy/reserve.hpp"

namespace slipway::ops {

namespace {

std::string_view resultOf(const Run& run, const Outcome& outcome, Way way) {
  if (!outcome.isUndone) return "not undone";
  if (way == Way::Back) return "undone";
  const bool serves = outcome.succeeded() || outcome.exitCode == kExitFinish;
  if (!serves) return "failed";
  if (run.operation.verb == Verb::Finish) return "finished";
  if (run.operation.verb == Verb::Rollback) return "rolled back";
  return run.undecided.empty() ? "deployed" : "undecided";
}

std::string whatServes(const Operation& operation) {
  return operation.from ? operation.from->version + " serves as before"
                        : std::string("nothing serves, as before");
}

std::string ofFailure(const Run& run, const Outcome& outcome) {
  const auto& operation = run.operation;
  if (outcome.exitCode == kExitLocked) return outcome.reason;
  const auto cause =
      fmt::format("{} failed at '{}': {}", inWords(operation), outcome.failedStep, outcome.reason);
  if (!outcome.isUndone) {
    return fmt::format("{}; it could not be undone: when that is mended, slipway recover {}", cause,
                       operation.environment);
  }
  if (outcome.exitCode == kExitFinish) {
    return fmt::format("{}; {} serves; slipway finish {} does what is left", cause,
                       operation.to.version, operation.environment);
  }
  return fmt::format("{}; {}", cause, whatServes(operation));
}

/// What is there to know after a deployment.
std::string ofDeployment(const Run& run) {
  const auto& operation = run.operation;
  auto text = fmt::format("{} serves", operation.to.version);
  if (!run.undecided.empty()) {
    text += fmt::format("; whether it does as well as before is undecided: {}", run.undecided);
  }
  const bool isWarm = operation.from && operation.options.strategy == Strategy::BlueGreen &&
                      !operation.options.endsWarm;
  if (isWarm) {
    text += fmt::format(
        "; {} is kept warm: slipway rollback {} goes back, slipway finish {} ends "
        "that",
        operation.from->version, operation.environment, operation.environment);
  }
  if (!operation.waiting.empty()) {
    text += fmt::format(" and applies {}", fmt::join(operation.waiting, ", "));
  }
  return text;
}

std::string inSentences(const Run& run, const Outcome& outcome, Way way) {
  if (!outcome.succeeded() || !outcome.isUndone) return ofFailure(run, outcome);
  if (way == Way::Back) {
    return fmt::format("{} is undone; {}", inWords(run.operation), whatServes(run.operation));
  }
  switch (run.operation.verb) {
    case Verb::Deploy:
      return ofDeployment(run);
    case Verb::Rollback:
      return fmt::format("{} serves again", run.operation.to.version);
    case Verb::Finish:
      break;
  }
  return fmt::format("{} serves alone", run.operation.to.version);
}

HistoryEntry entryOf(const Run& run, const Outcome& outcome, std::string_view result,
                     const base::Clock& clock, double seconds) {
  const auto& operation = run.operation;
  return {.time = base::isoTime(clock.now()),
          .id = operation.id,
          .verb = std::string(nameOf(operation.verb)),
          .who = operation.who,
          .host = operation.host,
          .strategy = std::string(nameOf(operation.options.strategy)),
          .from = operation.from.value_or(Release{}),
          .to = operation.to,
          .colour = std::string(nameOf(operation.toColour)),
          .result = std::string(result),
          .step = outcome.failedStep,
          .reason = outcome.succeeded() ? run.undecided : outcome.reason,
          .seconds = seconds};
}

Outcome carryOut(const Plan& plan, Run& run, Way way) {
  const auto at = run.operation.step.empty() ? 0 : positionOf(plan, run.operation.step);
  if (way == Way::Forward) {
    run.operation.phase = Phase::Running;
    return execute(plan, run, at);
  }
  Outcome outcome;
  outcome.isUndone = undo(plan, run, std::min(at + 1, plan.size()));
  if (!outcome.isUndone) outcome = {kExitNotUndone, run.operation.step, "see above", false};
  return outcome;
}

/// What can't be written any more is told, and changes nothing in what was done.
void writeDown(Run& run, const HistoryEntry& entry, bool isUndone) {
  if (isUndone) run.operation.phase = Phase::Done;
  if (const auto kept = run.keepOperation(); !kept) run.reporter.note(kept.error());
  if (const auto added = addToHistory(run.stack.history(), entry); !added) {
    run.reporter.note(added.error());
  }
  const auto told = tellDeployment(run.stack.metrics(), entry, run.clock.now());
  if (!told) run.reporter.note("monitoring is not told of it: " + told.error());
}

}  // namespace

int conduct(Operation operation, const Preparation& prepared, Outside& outside, Way way) {
  const auto plan = makePlan(prepared.stack, operation);
  Run run{.stack = prepared.stack,
          .operation = operation,
          .engine = outside.engine,
          .compose = outside.compose,
          .http = outside.http,
          .clock = outside.clock,
          .reporter = outside.reporter,
          .others = outside.others,
          .lock = prepared.lock ? &*prepared.lock : nullptr};
  const auto outcome = carryOut(plan, run, way);
  const auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(outside.clock.now() - prepared.begun);
  const auto result = resultOf(run, outcome, way);
  const int exitCode =
      outcome.exitCode == 0 && !run.undecided.empty() ? kExitUndecided : outcome.exitCode;
  if (outcome.exitCode != kExitLocked) {
    const auto seconds = static_cast<double>(took.count()) / 1000;
    writeDown(run, entryOf(run, outcome, result, outside.clock, seconds), outcome.isUndone);
    releaseReserve(prepared.stack);
  }
  outside.reporter.end({.result = result,
                        .text = inSentences(run, outcome, way),
                        .exitCode = exitCode,
                        .took = took});
  return exitCode;
}

}  // namespace slipway::ops
