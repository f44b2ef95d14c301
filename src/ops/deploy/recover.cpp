#include "ops/deploy/recover.hpp"

#include <fmt/format.h>

#include "ops/cli/exit_codes.hpp"
#include "ops/deploy/conclusion.hpp"
#include "ops/deploy/plan.hpp"

namespace slipway::ops {

namespace {

int refuse(Preparation& prepared, std::string problem, Outside& outside) {
  prepared.refuse(kExitRefused, std::move(problem));
  return tellRefusal(prepared, outside);
}

bool isTidying(const Plan& plan, const std::string& step) {
  const auto at = positionOf(plan, step);
  return at < plan.size() && plan[at].isTidying;
}

/// `restored`: what a restore had left to do, where one was cut short.
int nothingMoreToDo(const std::string& restored, Outside& outside) {
  if (restored.empty()) {
    outside.reporter.end({.result = "nothing to do",
                          .text = "no operation was cut short: there is nothing to recover"});
  } else {
    outside.reporter.end({.result = "finished", .text = restored});
  }
  return kExitOk;
}

}  // namespace

int finish(const FinishRequest& request, Outside& outside) {
  const auto stack = findStack(request.stack, outside.variables);
  if (!stack) {
    outside.reporter.problem(stack.error());
    return kExitRefused;
  }
  auto prepared = prepare({.stack = *stack,
                           .what = "finish " + stack->environment,
                           .isDryRun = request.isDryRun,
                           .breaksLock = request.breaksLock},
                          outside);
  if (!prepared.observed) return tellRefusal(prepared, outside);
  auto operation = beginOperation(Verb::Finish, prepared, outside);
  if (!operation.from) {
    return refuse(prepared, "nothing serves: there is nothing to finish", outside);
  }
  operation.to = *operation.from;
  operation.toColour = operation.fromColour;
  if (request.isDryRun) outside.reporter.plan(makePlan(prepared.stack, operation));
  if (!prepared.problems.empty()) return tellRefusal(prepared, outside);
  return request.isDryRun ? kExitOk : conduct(std::move(operation), prepared, outside);
}

int recover(const RecoverRequest& request, Outside& outside) {
  const auto stack = findStack(request.stack, outside.variables);
  if (!stack) {
    outside.reporter.problem(stack.error());
    return kExitRefused;
  }
  auto prepared = prepare({.stack = *stack,
                           .what = "recover " + stack->environment,
                           .breaksLock = request.breaksLock,
                           .goesOn = true},
                          outside);
  if (!prepared.problems.empty()) return tellRefusal(prepared, outside);
  const auto restored = outside.others.finishRestore(*stack);
  if (!restored) return refuse(prepared, restored.error(), outside);
  const auto unfinished = unfinishedOperation(*stack);
  if (!unfinished) return refuse(prepared, unfinished.error(), outside);
  if (!*unfinished) return nothingMoreToDo(*restored, outside);
  if (!restored->empty()) outside.reporter.note(*restored);
  const auto& operation = **unfinished;
  outside.reporter.note(fmt::format("'{}' by {} on {}, begun {}, was cut short at '{}'",
                                    inWords(operation), operation.who, operation.host,
                                    operation.since, operation.step));
  if (request.finishes && operation.phase == Phase::Undoing) {
    return refuse(prepared, "it was being undone already: recover it without --finish", outside);
  }
  // Once the old version is being taken away there is only one way.
  const bool forward = request.finishes || (operation.phase == Phase::Running &&
                                            isTidying(makePlan(*stack, operation), operation.step));
  return conduct(operation, prepared, outside, forward ? Way::Forward : Way::Back);
}

}  // namespace slipway::ops
