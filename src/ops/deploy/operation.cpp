#include "ops/deploy/operation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ops/json_members.hpp"

namespace slipway::ops {

namespace {

using base::Json;

constexpr int kFormat = 1;
constexpr std::array<std::string_view, 3> kVerbs{"deploy", "rollback", "finish"};
constexpr std::array<std::string_view, 2> kStrategies{"blue-green", "rolling"};
constexpr std::array<std::string_view, 3> kPhases{"running", "undoing", "done"};

template <typename Enum, std::size_t Size>
std::optional<Enum> named(const std::array<std::string_view, Size>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

Json toJson(const Release& release) {
  return Json::object(
      {{"version", release.version}, {"image", release.image}, {"program", release.program}});
}

Release readRelease(const Json& json) {
  return {textIn(json, "version"), textIn(json, "image"), textIn(json, "program")};
}

Json toJson(const OperationOptions& options) {
  return Json::object({{"strategy", nameOf(options.strategy)},
                       {"backs_up", options.backsUp},
                       {"brings_up", options.bringsUp},
                       {"ends_warm", options.endsWarm},
                       {"ready_seconds", options.readyLimit.count()},
                       {"guard_seconds", options.guardWindow.count()},
                       {"guard_samples", options.guardSamples}});
}

OperationOptions readOptions(const Json& json) {
  return {.strategy = strategyNamed(textIn(json, "strategy")).value_or(Strategy::BlueGreen),
          .backsUp = flagIn(json, "backs_up"),
          .bringsUp = flagIn(json, "brings_up"),
          .endsWarm = flagIn(json, "ends_warm"),
          .readyLimit = std::chrono::seconds(numberIn(json, "ready_seconds")),
          .guardWindow = std::chrono::seconds(numberIn(json, "guard_seconds")),
          .guardSamples = static_cast<std::uint64_t>(numberIn(json, "guard_samples"))};
}

}  // namespace

std::string_view nameOf(Verb verb) { return kVerbs.at(static_cast<std::size_t>(verb)); }

std::string_view nameOf(Strategy strategy) {
  return kStrategies.at(static_cast<std::size_t>(strategy));
}

std::optional<Strategy> strategyNamed(std::string_view name) {
  return named<Strategy>(kStrategies, name);
}

std::string inWords(const Operation& operation) {
  return fmt::format("{} {} {}", nameOf(operation.verb), operation.environment,
                     operation.to.version);
}

Json toJson(const Operation& operation) {
  auto json = Json::object({{"format", kFormat},
                            {"verb", nameOf(operation.verb)},
                            {"id", operation.id},
                            {"environment", operation.environment},
                            {"who", operation.who},
                            {"host", operation.host},
                            {"since", operation.since},
                            {"phase", kPhases.at(static_cast<std::size_t>(operation.phase))},
                            {"step", operation.step},
                            {"options", toJson(operation.options)},
                            {"from_colour", nameOf(operation.fromColour)},
                            {"to_colour", nameOf(operation.toColour)},
                            {"to", toJson(operation.to)},
                            {"is_warm", operation.isWarm},
                            {"replicas", operation.replicas},
                            {"before", toJson(operation.before)},
                            {"hosts_before", operation.hostsBefore}});
  if (operation.from) json.set("from", toJson(*operation.from));
  auto waiting = Json::array();
  for (const auto& migration : operation.waiting) waiting.push(migration);
  json.set("waiting", std::move(waiting));
  if (operation.baseline) json.set("baseline", toJson(*operation.baseline));
  return json;
}

Result<Operation> readOperation(const Json& json) {
  const auto verb = named<Verb>(kVerbs, textIn(json, "verb"));
  const auto phase = named<Phase>(kPhases, textIn(json, "phase"));
  const auto from = colourNamed(textIn(json, "from_colour"));
  const auto to = colourNamed(textIn(json, "to_colour"));
  if (numberIn(json, "format") != kFormat || !verb || !phase || !from || !to) {
    return std::unexpected("it is not of a form that this version of slipway knows");
  }
  Operation operation{.verb = *verb,
                      .id = textIn(json, "id"),
                      .environment = textIn(json, "environment"),
                      .who = textIn(json, "who"),
                      .host = textIn(json, "host"),
                      .since = textIn(json, "since"),
                      .options = readOptions(objectIn(json, "options")),
                      .from = {},
                      .fromColour = *from,
                      .to = readRelease(objectIn(json, "to")),
                      .toColour = *to,
                      .isWarm = flagIn(json, "is_warm"),
                      .replicas = static_cast<unsigned>(numberIn(json, "replicas")),
                      .before = readDesiredState(objectIn(json, "before")),
                      .hostsBefore = textIn(json, "hosts_before"),
                      .phase = *phase,
                      .step = textIn(json, "step")};
  if (json.find("from") != nullptr) operation.from = readRelease(objectIn(json, "from"));
  if (json.find("baseline") != nullptr)
    operation.baseline = readTraffic(objectIn(json, "baseline"));
  for (const auto& migration : arrayIn(json, "waiting")) {
    if (migration.isString()) operation.waiting.push_back(migration.asString());
  }
  return operation;
}

}  // namespace slipway::ops
