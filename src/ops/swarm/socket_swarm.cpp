#include "ops/swarm/socket_swarm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ops/docker/engine_json.hpp"
#include "ops/json_members.hpp"
#include "ops/swarm/swarm_json.hpp"

namespace slipway::ops {

namespace {

using base::Json;

constexpr int kAttempts = 3;

std::string ofStack(const std::string& stack) {
  return queryValue(
      Json::object({{"label", Json::array({"com.docker.stack.namespace=" + stack})}}).dump());
}

bool isGood(unsigned status) { return status >= 200 && status < 300; }

/// All elements, each read.
template <typename Read>
auto readAll(const Json& list, const Read& read) {
  std::vector<decltype(read(list))> found;
  if (!list.isArray()) return found;
  for (const auto& each : list.asArray()) found.push_back(read(each));
  return found;
}

}  // namespace

Result<Json> SocketSwarm::read(std::string target) {
  auto answer = api_.askJson({.target = std::move(target)});
  if (!answer) return std::unexpected(explained(answer.error()));
  return answer;
}

Result<std::vector<SwarmService>> SocketSwarm::services(const std::string& stack) {
  const auto listed = read("/services?filters=" + ofStack(stack));
  if (!listed) return std::unexpected(listed.error());
  auto found = readAll(*listed, [&](const Json& each) { return readService(each, stack); });
  std::ranges::sort(found, {}, &SwarmService::name);
  return found;
}

Result<std::vector<SwarmTask>> SocketSwarm::tasks(const std::string& stack) {
  const auto listed = read("/tasks?filters=" + ofStack(stack));
  if (!listed) return std::unexpected(listed.error());
  auto found = readAll(*listed, readTask);
  std::ranges::sort(found, {}, &SwarmTask::changed);
  return found;
}

Result<std::vector<SwarmNode>> SocketSwarm::nodes() {
  const auto listed = read("/nodes");
  if (!listed) return std::unexpected(listed.error());
  auto found = readAll(*listed, readNode);
  std::ranges::sort(found, {}, &SwarmNode::host);
  return found;
}

Result<std::string> SocketSwarm::logLines(const std::string& of, int count) {
  // Of a node that is away there is no answer: the others' lines are not worth a long wait.
  constexpr std::chrono::seconds kLimit{15};
  const auto answer = api_.askWell(
      {.target = fmt::format("{}/logs?stdout=1&stderr=1&tail={}", of, count), .timeout = kLimit});
  if (!answer) return std::unexpected(explained(answer.error()));
  if (!isGood(answer->status)) return std::unexpected(readEngineMessage(answer->body));
  return readStreams(answer->body).both;
}

Result<std::string> SocketSwarm::lastLogLines(const std::string& task, int count) {
  return logLines("/tasks/" + task, count);
}

Result<std::string> SocketSwarm::serviceLogLines(const std::string& service, int count) {
  return logLines("/services/" + service, count);
}

Result<> SocketSwarm::change(const std::string& service,
                             const std::function<Json(Json spec)>& changed) {
  std::string why;
  // Another may change it between the two calls: its version then is another.
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const auto found = read("/services/" + service);
    if (!found) return std::unexpected(found.error());
    const auto version = numberIn(objectIn(*found, "Version"), "Index");
    const auto answer =
        api_.askWell({.method = "POST",
                      .target = fmt::format("/services/{}/update?version={}", service, version),
                      .body = changed(objectIn(*found, "Spec"))});
    if (answer && isGood(answer->status)) return {};
    why = answer ? readEngineMessage(answer->body) : answer.error();
    if (why.find("out of sequence") == std::string::npos) break;
  }
  return std::unexpected(explained(why));
}

Result<> SocketSwarm::scale(const std::string& service, unsigned replicas) {
  return change(service, [&](Json spec) {
    spec.set("Mode", Json::object({{"Replicated", Json::object({{"Replicas", replicas}})}}));
    return spec;
  });
}

Result<> SocketSwarm::setLabel(const std::string& service, const std::string& name,
                               const std::string& value) {
  return change(service, [&](Json spec) {
    auto labels = objectIn(spec, "Labels");
    labels.set(name, value);
    spec.set("Labels", std::move(labels));
    return spec;
  });
}

}  // namespace slipway::ops
