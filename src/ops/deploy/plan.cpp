#include "ops/deploy/plan.hpp"

#include "ops/deploy/steps.hpp"

namespace slipway::ops {

namespace {

/// Up to where the new version is ready to get requests.
void addStart(Plan& plan, const Stack& stack, const Operation& operation) {
  if (operation.options.bringsUp) plan.push_back(servicesStep());
  if (operation.from && operation.hostsBefore.empty()) plan.push_back(proxyStep(operation));
  if (operation.options.backsUp) plan.push_back(backupStep());
  const bool isOccupied = operation.before.of(operation.toColour).replicas > 0;
  if (operation.from && isOccupied) plan.push_back(retireStep(operation, operation.toColour));
  if (operation.verb == Verb::Deploy) plan.push_back(migrateStep(operation));
  plan.push_back(startStep(stack, operation));
  plan.push_back(validateStep(operation));
}

Plan planDeploy(const Stack& stack, const Operation& operation) {
  Plan plan;
  addStart(plan, stack, operation);
  if (operation.from) plan.push_back(baselineStep(operation));
  plan.push_back(switchStep(operation));
  if (operation.from) plan.push_back(drainStep(operation));
  plan.push_back(guardStep(operation));
  if (operation.from) plan.push_back(settleStep(operation));
  if (operation.options.endsWarm) {
    plan.push_back(endWarmStep(operation));
    plan.push_back(contractStep(operation));
  }
  plan.push_back(finishStep(operation));
  return plan;
}

/// One container of the new version first, judged beside the old ones.
Plan planRolling(const Stack& stack, const Operation& operation) {
  const auto other = otherThan(operation.toColour);
  Plan plan;
  if (operation.options.bringsUp) plan.push_back(servicesStep());
  if (operation.options.backsUp) plan.push_back(backupStep());
  if (operation.before.of(other).replicas > 0) plan.push_back(retireStep(operation, other));
  plan.push_back(migrateStep(operation));
  plan.push_back(aimStep(operation));
  plan.push_back(canaryStep(stack, operation));
  plan.push_back(validateStep(operation));
  plan.push_back(baselineStep(operation));
  plan.push_back(admitStep(operation));
  plan.push_back(guardStep(operation));
  plan.push_back(replaceStep(operation));
  plan.push_back(contractStep(operation));
  plan.push_back(finishStep(operation));
  return plan;
}

/// No guard: there is nothing to go back to. What is rolled back is not kept warm.
Plan planRollback(const Stack& stack, const Operation& operation) {
  Plan plan;
  if (operation.isWarm) {
    plan.push_back(readyStep(operation));
  } else {
    addStart(plan, stack, operation);
  }
  plan.push_back(switchStep(operation));
  if (operation.from) plan.push_back(drainStep(operation));
  plan.push_back(endWarmStep(operation));
  plan.push_back(finishStep(operation));
  return plan;
}

}  // namespace

Plan makePlan(const Stack& stack, const Operation& operation) {
  switch (operation.verb) {
    case Verb::Deploy:
      return operation.options.strategy == Strategy::Rolling ? planRolling(stack, operation)
                                                             : planDeploy(stack, operation);
    case Verb::Rollback:
      return planRollback(stack, operation);
    case Verb::Finish:
      break;
  }
  return {settleStep(operation), endWarmStep(operation), contractStep(operation),
          finishStep(operation)};
}

}  // namespace slipway::ops
