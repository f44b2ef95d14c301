#include "ops/deploy/status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "ops/deploy/preflight.hpp"
#include "ops/docker/service_container.hpp"

namespace slipway::ops {

namespace {

using base::Json;

std::string_view nameOf(Health health) {
  switch (health) {
    case Health::Healthy:
      return "healthy";
    case Health::Unhealthy:
      return "unhealthy";
    case Health::Starting:
      return "starting";
    case Health::None:
      break;
  }
  return "-";
}

/// Without fractions of seconds.
std::string moment(const std::string& time) { return time.substr(0, time.find('.')); }

Json containerJson(const Container& container) {
  return Json::object({{"name", container.name},
                       {"service", container.service},
                       {"image", container.imageName},
                       {"image_id", container.image},
                       {"status", container.status},
                       {"health", nameOf(container.health)},
                       {"since", container.startedAt},
                       {"restarts", container.restartCount}});
}

Json colourJson(const Status& status, Colour colour) {
  auto containers = Json::array();
  for (const auto& container : status.observed.of(colour))
    containers.push(containerJson(container));
  const auto& desired = status.observed.desired.of(colour);
  return Json::object({{"version", desired.version},
                       {"replicas", desired.replicas},
                       {"serves", status.observed.serving() == colour},
                       {"containers", std::move(containers)}});
}

std::ptrdiff_t wellOf(const Status& status, Colour colour) {
  return std::ranges::count_if(status.observed.of(colour), &Container::isWell);
}

/// What requests are sent to may have nobody who answers them.
std::string_view servesOrShould(const Status& status) {
  return wellOf(status, status.observed.serving()) > 0 ? "serves" : "should serve";
}

std::string colourLine(const Status& status, Colour colour) {
  const auto& desired = status.observed.desired.of(colour);
  const bool serves = status.observed.serving() == colour;
  auto line = fmt::format("{:6} {:28} {} of {} healthy  {}\n", nameOf(colour), desired.version,
                          wellOf(status, colour), desired.replicas,
                          serves                 ? servesOrShould(status)
                          : desired.replicas > 0 ? "kept warm"
                                                 : "");
  for (const auto& container : status.observed.of(colour)) {
    line += fmt::format("       {:36} {:10} {:10} since {}\n", container.name, container.status,
                        nameOf(container.health), moment(container.startedAt));
  }
  return line;
}

std::string cutShort(const Status& status) {
  const auto& operation = *status.unfinished;
  return fmt::format("'{}' by {}, begun {}, was cut short at '{}': slipway recover {}\n",
                     inWords(operation), operation.who, moment(operation.since), operation.step,
                     status.stack.environment);
}

}  // namespace

bool Status::isWell() const {
  const auto containers = observed.of(observed.serving());
  return !unfinished && !unfinishedRestore && !containers.empty() &&
         containers.size() >= observed.desired.of(observed.serving()).replicas &&
         std::ranges::all_of(containers, &Container::isWell) && observed.isRunning("proxy");
}

Result<Status> readStatus(const Stack& stack, Engine& engine) {
  auto observed = observe(stack, engine);
  if (!observed) return std::unexpected(observed.error());
  auto unfinished = unfinishedOperation(stack);
  if (!unfinished) return std::unexpected(unfinished.error());
  auto unfinishedRestore = readUnfinished(stack.unfinishedRestore());
  if (!unfinishedRestore) return std::unexpected(unfinishedRestore.error());
  const auto history = readHistory(stack.history());
  if (!history) return std::unexpected(history.error());
  Status status{.stack = stack,
                .observed = std::move(*observed),
                .lock = OperationLock::holderOf(stack.lock()),
                .unfinished = std::move(*unfinished),
                .unfinishedRestore = std::move(*unfinishedRestore)};
  if (status.lock) {  // it is at work
    status.unfinished.reset();
    status.unfinishedRestore.reset();
  }
  for (const auto& entry : history->entries) {
    if (entry.isChange()) status.lastChange = entry;
  }
  return status;
}

Json toJson(const Status& status) {
  auto others = Json::array();
  for (const auto& container : status.observed.containers) {
    if (!isOfService(container)) others.push(containerJson(container));
  }
  auto json =
      Json::object({{"environment", status.stack.environment},
                    {"project", status.stack.project},
                    {"well", status.isWell()},
                    {"serving", nameOf(status.observed.serving())},
                    {"version", status.observed.desired.of(status.observed.serving()).version},
                    {"since", status.lastChange ? Json(status.lastChange->time) : Json()},
                    {"blue", colourJson(status, Colour::Blue)},
                    {"green", colourJson(status, Colour::Green)},
                    {"others", std::move(others)},
                    {"lock", status.lock ? Json(inWords(*status.lock)) : Json()}});
  json.set("cut_short", status.unfinished
                            ? Json::object({{"operation", inWords(*status.unfinished)},
                                            {"step", status.unfinished->step},
                                            {"since", status.unfinished->since}})
                            : Json());
  const auto& restore = status.unfinishedRestore;
  json.set(
      "restore_cut_short",
      restore ? Json::object({{"backup", restore->backup}, {"since", restore->since}}) : Json());
  return json;
}

std::string inLines(const Status& status) {
  auto text = fmt::format("{} ({}){}\n", status.stack.environment, status.stack.project,
                          status.isWell() ? "" : ": not all is well");
  if (status.lastChange) {
    text += fmt::format("{} {} since {}, by {}\n", status.lastChange->to.version,
                        servesOrShould(status), moment(status.lastChange->time),
                        status.lastChange->who);
  }
  text += colourLine(status, Colour::Blue) + colourLine(status, Colour::Green);
  for (const auto& container : status.observed.containers) {
    if (isOfService(container)) continue;
    text += fmt::format("{:6} {:36} {:10} {:10} since {}\n", container.service, container.name,
                        container.status, nameOf(container.health), moment(container.startedAt));
  }
  if (status.lock) text += fmt::format("at work: {}\n", inWords(*status.lock));
  if (status.unfinished) text += cutShort(status);
  if (const auto& restore = status.unfinishedRestore) {
    text += fmt::format(
        "the restore of {}, begun {}, was cut short before the cache was cleared: slipway recover "
        "{}\n",
        restore->backup, moment(restore->since), status.stack.environment);
  }
  return text;
}

std::string inLines(const History& history, std::size_t count) {
  std::string text;
  for (const auto& entry : history.entries | std::views::reverse | std::views::take(count)) {
    text += fmt::format("{}  {:8} {} -> {}  {}, {:.0f} s, by {}{}{}\n", moment(entry.time),
                        entry.verb, entry.from.version.empty() ? "-" : entry.from.version,
                        entry.to.version, entry.result, entry.seconds, entry.who,
                        entry.step.empty() ? "" : ", at " + entry.step,
                        entry.reason.empty() ? "" : ": " + entry.reason);
  }
  if (history.unreadable > 0) {
    text += fmt::format("({} lines could not be read)\n", history.unreadable);
  }
  return text.empty() ? "nothing was deployed by slipway yet\n" : text;
}

}  // namespace slipway::ops
