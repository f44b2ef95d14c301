#include "ops/swarm/swarm_json.hpp"

#include "base/text.hpp"
#include "ops/json_members.hpp"

namespace slipway::ops {

namespace {

using base::Json;

UpdateState updateNamed(std::string_view name) {
  if (name == "updating") return UpdateState::Updating;
  if (name == "completed") return UpdateState::Completed;
  if (name == "rollback_started") return UpdateState::RollingBack;
  if (name == "rollback_completed") return UpdateState::RolledBack;
  return name == "paused" || name == "rollback_paused" ? UpdateState::Paused : UpdateState::None;
}

std::map<std::string, std::string> labelsOf(const Json& spec) {
  std::map<std::string, std::string> labels;
  const auto found = objectIn(spec, "Labels");
  if (!found.isObject()) return labels;
  for (const auto& [key, value] : found.asObject()) {
    if (value.isString()) labels.emplace(key, value.asString());
  }
  return labels;
}

/// Without the digest that a registry gave it.
std::string imageOf(const Json& taskTemplate) {
  const auto image = textIn(objectIn(taskTemplate, "ContainerSpec"), "Image");
  return image.substr(0, image.find('@'));
}

/// To compare a task's with its service's, which also names the kind of its tasks.
std::string specText(const Json& spec) {
  auto text = Json::object();
  if (!spec.isObject()) return {};
  for (const auto& [key, value] : spec.asObject()) {
    if (key != "Runtime") text.set(key, value);
  }
  return text.dump();
}

}  // namespace

SwarmService readService(const Json& json, const std::string& stack) {
  const auto spec = objectIn(json, "Spec");
  const auto task = objectIn(spec, "TaskTemplate");
  const auto mode = objectIn(spec, "Mode");
  const auto update = objectIn(json, "UpdateStatus");
  const auto replicated = objectIn(mode, "Replicated");
  SwarmService service{
      .id = textIn(json, "ID"),
      .name = textIn(spec, "Name"),
      .image = imageOf(task),
      .taskSpec = specText(task),
      .replicas = std::nullopt,
      .isJob = mode.find("ReplicatedJob") != nullptr || mode.find("GlobalJob") != nullptr,
      .iteration = numberIn(objectIn(objectIn(json, "JobStatus"), "JobIteration"), "Index"),
      .update = updateNamed(textIn(update, "State")),
      .updateMessage = base::oneLine(textIn(update, "Message")),
      .labels = labelsOf(spec)};
  if (replicated.isObject()) {
    service.replicas = static_cast<unsigned>(numberIn(replicated, "Replicas"));
  }
  if (service.name.starts_with(stack + "_")) service.name.erase(0, stack.size() + 1);
  return service;
}

SwarmTask readTask(const Json& json) {
  const auto spec = objectIn(json, "Spec");
  const auto status = objectIn(json, "Status");
  return {.id = textIn(json, "ID"),
          .service = textIn(json, "ServiceID"),
          .node = textIn(json, "NodeID"),
          .container = textIn(objectIn(status, "ContainerStatus"), "ContainerID"),
          .slot = static_cast<int>(numberIn(json, "Slot")),
          .wanted = textIn(json, "DesiredState"),
          .state = textIn(status, "State"),
          .error = base::oneLine(textIn(status, "Err")),
          .image = imageOf(spec),
          .taskSpec = specText(spec),
          .changed = textIn(status, "Timestamp"),
          .iteration = numberIn(objectIn(json, "JobIteration"), "Index")};
}

SwarmNode readNode(const Json& json) {
  const auto spec = objectIn(json, "Spec");
  const auto status = objectIn(json, "Status");
  return {.id = textIn(json, "ID"),
          .host = textIn(objectIn(json, "Description"), "Hostname"),
          .address = textIn(status, "Addr"),
          .labels = labelsOf(spec),
          .isManager = textIn(spec, "Role") == "manager",
          .isReady = textIn(status, "State") == "ready",
          .isActive = textIn(spec, "Availability") == "active"};
}

}  // namespace slipway::ops
