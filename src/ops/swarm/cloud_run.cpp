#include "ops/swarm/cloud_run.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace slipway::ops {

namespace {

constexpr std::chrono::milliseconds kPollInterval{500};
constexpr int kShownLines = 30;

/// The log while there still is one: Swarm keeps few tasks that ended.
void showFailure(const SwarmTask& task, const std::vector<SwarmService>& services,
                 CloudOutside& outside) {
  std::string name = task.service;
  for (const auto& service : services) {
    if (service.id == task.service) name = fmt::format("{}.{}", service.name, task.slot);
  }
  outside.reporter.note(fmt::format("{} {}: {}", name, task.state,
                                    task.error.empty() ? "no reason given" : task.error));
  if (const auto lines = outside.swarm.lastLogLines(task.id, kShownLines)) {
    outside.reporter.lastLines(name, *lines);
  }
}

}  // namespace

Result<> waitForConvergence(const CloudStack& stack, CloudOutside& outside,
                            const Patience& patience, std::set<std::string>& known) {
  const auto deadline = outside.clock.now() + patience.limit;
  std::string last = "nothing yet";
  while (true) {
    const auto services = outside.swarm.services(stack.name);
    const auto tasks =
        services ? outside.swarm.tasks(stack.name) : std::unexpected(services.error());
    // A manager that is away for a moment is no reason to give up before the time is up.
    std::string text;
    if (tasks) {
      if (const auto* failure = newestFailure(*tasks, known)) {
        showFailure(*failure, *services, outside);
        known.insert(failure->id);
      }
      auto now = assess(*services, *tasks);
      if (now.outcome == Convergence::Outcome::Failed) return std::unexpected(now.text);
      if (now.outcome == Convergence::Outcome::Done && !services->empty()) return {};
      text = std::move(now.text);
    } else {
      text = tasks.error();
    }
    if (text != last) outside.reporter.progress(text);
    last = std::move(text);
    if (patience.endsAtInterrupt && outside.clock.interrupted())
      return std::unexpected("interrupted");
    if (outside.clock.now() >= deadline) {
      return std::unexpected(fmt::format("not done within {} s: {}", patience.limit.count(), last));
    }
    outside.clock.wait(kPollInterval);
  }
}

Result<std::set<std::string>> failuresSoFar(const CloudStack& stack, Swarm& swarm) {
  const auto tasks = swarm.tasks(stack.name);
  if (!tasks) return std::unexpected(tasks.error());
  std::set<std::string> known;
  for (const auto& task : *tasks) {
    if (task.hasFailed()) known.insert(task.id);
  }
  return known;
}

Result<> freezeScaling(const CloudStack& stack, Swarm& swarm, std::int64_t until) {
  const auto services = swarm.services(stack.name);
  if (!services) return std::unexpected(services.error());
  const auto* api = findService(*services, "api");
  if (api == nullptr) return {};
  return swarm.setLabel(api->id, kFrozenLabel, fmt::format("{}", until));
}

std::int64_t frozenUntil(const SwarmService& service) {
  const auto label = service.labels.find(kFrozenLabel);
  if (label == service.labels.end()) return 0;
  return static_cast<std::int64_t>(base::parseUnsigned(label->second).value_or(0));
}

}  // namespace slipway::ops
