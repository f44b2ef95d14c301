#include "ops/autoscale/decision.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace slipway::ops {

namespace {

struct Need {
  unsigned replicas = 0;
  std::string_view signal;
};

/// As many that each would be at its target: load is shared by all.
Need needOf(const ScaleRules& rules, unsigned replicas, const Load& load) {
  struct Signal {
    std::string_view name;
    double value;
    double target;
  };
  const std::array<Signal, 4> signals{{
      {"cpu", load.cpu, rules.targets.cpu},
      {"saturation", load.saturation, rules.targets.saturation},
      {"queue", load.queueSeconds, rules.targets.queueSeconds},
      {"p99", load.p99Seconds, rules.targets.p99Seconds},
  }};
  double worst = 0;
  std::string_view name = "cpu";
  for (const auto& signal : signals) {
    // What is no number says nothing.
    const double ratio = signal.target > 0 ? signal.value / signal.target : 0;
    if (std::isfinite(ratio) && ratio > worst) {
      worst = ratio;
      name = signal.name;
    }
  }
  if (std::abs(worst - 1) <= rules.tolerance) return {replicas, name};
  constexpr double kMost = 1000;
  const double needed = std::min(kMost, std::ceil(worst * replicas));
  return {static_cast<unsigned>(needed), name};
}

unsigned bounded(const ScaleRules& rules, unsigned replicas) {
  const auto most = mostReplicas(rules);
  return std::clamp(replicas, std::min(rules.min, most), most);
}

bool isWithin(const std::optional<base::Timestamp>& time, base::Timestamp now,
              std::chrono::seconds span) {
  return time && now - *time < span;
}

ScaleDecision up(const ScaleRules& rules, const Situation& situation, const ScaleMemory& memory,
                 ScaleDecision decision) {
  const auto most = mostReplicas(rules);
  if (situation.wanted >= most) {
    decision.reason = most < rules.max ? Reason::Connections : Reason::AtMaximum;
    return decision;
  }
  if (isWithin(memory.lastChange, situation.now, rules.upCoolDown)) {
    decision.reason = Reason::CoolDown;
    return decision;
  }
  const auto step = std::max(rules.stepUp, situation.wanted / 2);
  decision.replicas = bounded(rules, std::min(decision.needed, situation.wanted + step));
  decision.reason = Reason::Up;
  return decision;
}

ScaleDecision down(const ScaleRules& rules, const Situation& situation, const ScaleMemory& memory,
                   ScaleDecision decision) {
  // The most that was needed within the window, this look included.
  unsigned needed = decision.needed;
  for (const auto& need : memory.needs) {
    if (situation.now - need.at < rules.downWindow) needed = std::max(needed, need.replicas);
  }
  const bool isLongEnough = memory.begun && situation.now - *memory.begun >= rules.downWindow &&
                            !isWithin(memory.lastChange, situation.now, rules.downWindow);
  if (!isLongEnough || needed >= situation.wanted) {
    decision.reason = Reason::Window;
    return decision;
  }
  const auto step = std::min(rules.stepDown, situation.wanted);
  decision.replicas = bounded(rules, std::max(needed, situation.wanted - step));
  decision.reason = Reason::Down;
  return decision;
}

}  // namespace

unsigned mostReplicas(const ScaleRules& rules) {
  if (rules.connectionsPerReplica == 0) return std::max(1U, rules.max);
  const auto enoughFor = rules.databaseConnections / rules.connectionsPerReplica;
  return std::max(1U, std::min(rules.max, enoughFor > 0 ? enoughFor - 1 : 0));
}

ScaleDecision decide(const ScaleRules& rules, const Situation& situation,
                     const ScaleMemory& memory) {
  ScaleDecision decision{.replicas = situation.wanted, .needed = situation.wanted};
  if (situation.isFrozen) {
    decision.reason = Reason::Frozen;
    return decision;
  }
  if (const auto inside = bounded(rules, situation.wanted); inside != situation.wanted) {
    decision.replicas = inside;
    decision.reason = Reason::Bounds;
    return decision;
  }
  if (!situation.load) {
    decision.reason = Reason::NoFigures;
    return decision;
  }
  if (situation.running < situation.wanted) {
    decision.reason = Reason::Starting;
    return decision;
  }
  const auto need = needOf(rules, situation.wanted, *situation.load);
  decision.needed = need.replicas;
  decision.signal = need.signal;
  if (need.replicas > situation.wanted) return up(rules, situation, memory, decision);
  if (bounded(rules, need.replicas) < situation.wanted) {
    return down(rules, situation, memory, decision);
  }
  return decision;
}

ScaleMemory remember(ScaleMemory memory, const ScaleRules& rules, const Situation& situation,
                     const ScaleDecision& decision, bool failed) {
  // Without figures nobody knows what was needed: the window begins anew.
  if (decision.reason == Reason::Frozen || decision.reason == Reason::NoFigures) {
    return {.needs = {}, .begun = std::nullopt, .lastChange = memory.lastChange};
  }
  if (!memory.begun) memory.begun = situation.now;
  memory.needs.push_back({situation.now, decision.needed});
  while (situation.now - memory.needs.front().at >= rules.downWindow) memory.needs.pop_front();
  if (decision.replicas != situation.wanted && !failed) memory.lastChange = situation.now;
  return memory;
}

std::string_view nameOf(Reason reason) {
  static constexpr std::array<std::string_view, 11> kNames{
      "enough",     "frozen",      "no_figures", "starting", "cool_down", "window",
      "at_maximum", "connections", "up",         "down",     "bounds"};
  return kNames.at(static_cast<std::size_t>(reason));
}

}  // namespace slipway::ops
