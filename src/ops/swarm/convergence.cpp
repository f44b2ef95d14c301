#include "ops/swarm/convergence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

namespace slipway::ops {

namespace {

using Outcome = Convergence::Outcome;
using Tasks = std::vector<const SwarmTask*>;

Tasks tasksOf(const SwarmService& service, const std::vector<SwarmTask>& tasks) {
  Tasks found;
  for (const auto& task : tasks) {
    if (task.service == service.id) found.push_back(&task);
  }
  return found;
}

bool isAsSpecified(const SwarmService& service, const SwarmTask& task) {
  return task.wanted == "running" && task.state == "running" && task.taskSpec == service.taskSpec;
}

Convergence assessJob(const SwarmService& service, const Tasks& tasks) {
  bool failed = false;
  bool active = false;
  for (const auto* task : tasks) {
    if (task->iteration != service.iteration) continue;
    if (task->state == "complete") return {Outcome::Done, {}};
    failed = failed || task->hasFailed();
    active = active || !task->hasEnded();
  }
  if (active || !failed) return {Outcome::Waiting, service.name + " runs"};
  return {Outcome::Failed, service.name + " failed"};
}

Convergence assessUpdate(const SwarmService& service) {
  switch (service.update) {
    case UpdateState::Paused:
      return {Outcome::Failed,
              fmt::format("{}: its update stopped: {}", service.name, service.updateMessage)};
    case UpdateState::RollingBack:
    case UpdateState::RolledBack:
      return {Outcome::Failed,
              fmt::format("{} was rolled back by Swarm: {}", service.name, service.updateMessage)};
    case UpdateState::Updating:
      return {Outcome::Waiting, service.name + " is updated"};
    default:
      return {};
  }
}

/// Tasks failed, and Swarm starts no more of them.
bool isGivenUp(const Tasks& tasks) {
  const bool failed = std::ranges::any_of(tasks, &SwarmTask::hasFailed);
  return failed && std::ranges::all_of(tasks, &SwarmTask::hasEnded);
}

Convergence assessService(const SwarmService& service, const std::vector<SwarmTask>& all) {
  const auto tasks = tasksOf(service, all);
  if (service.isJob) return assessJob(service, tasks);
  auto update = assessUpdate(service);
  if (update.outcome == Outcome::Failed) return update;
  const auto running = runningTasks(service, all);
  const auto wanted = static_cast<std::size_t>(
      service.replicas ? *service.replicas : std::ranges::count_if(tasks, &SwarmTask::isWanted));
  if (wanted > 0 && running == 0 && isGivenUp(tasks)) {
    return {Outcome::Failed, service.name + ": its tasks fail, and Swarm starts no more of them"};
  }
  // One on each node that takes it: none at all is no node with its label.
  if (running != wanted || (!service.replicas && wanted == 0)) {
    return {Outcome::Waiting, fmt::format("{} {} of {}", service.name, running, wanted)};
  }
  return update;
}

}  // namespace

Convergence assess(const std::vector<SwarmService>& services, const std::vector<SwarmTask>& tasks) {
  Convergence all;
  for (const auto& service : services) {
    auto one = assessService(service, tasks);
    if (one.outcome == Outcome::Failed) return one;
    if (one.outcome == Outcome::Done) continue;
    all.outcome = Outcome::Waiting;
    all.text += (all.text.empty() ? "" : ", ") + one.text;
  }
  return all;
}

const SwarmTask* newestFailure(const std::vector<SwarmTask>& tasks,
                               const std::set<std::string>& known) {
  const SwarmTask* newest = nullptr;
  for (const auto& task : tasks) {
    if (!task.hasFailed() || known.contains(task.id)) continue;
    if (newest == nullptr || newest->changed <= task.changed) newest = &task;
  }
  return newest;
}

std::size_t runningTasks(const SwarmService& service, const std::vector<SwarmTask>& tasks) {
  return static_cast<std::size_t>(std::ranges::count_if(tasks, [&](const SwarmTask& task) {
    return task.service == service.id && isAsSpecified(service, task);
  }));
}

}  // namespace slipway::ops
