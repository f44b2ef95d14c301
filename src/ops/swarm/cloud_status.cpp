#include "ops/swarm/cloud_status.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace slipway::ops {

namespace {

using base::Json;

std::string hostOf(const CloudStatus& status, const std::string& node) {
  const auto found = std::ranges::find(status.nodes, node, &SwarmNode::id);
  return found == status.nodes.end() ? "no node" : found->host;
}

bool belongs(const SwarmTask& task, const SwarmService& service) {
  return task.service == service.id &&
         (task.isWanted() || (service.isJob && task.iteration == service.iteration));
}

Json taskJson(const CloudStatus& status, const SwarmTask& task) {
  return Json::object({{"id", task.id},
                       {"node", hostOf(status, task.node)},
                       {"slot", task.slot},
                       {"state", task.state},
                       {"image", task.image},
                       {"since", task.changed},
                       {"error", task.error}});
}

Json serviceJson(const CloudStatus& status, const SwarmService& service) {
  auto tasks = Json::array();
  for (const auto& task : status.tasks) {
    if (belongs(task, service)) tasks.push(taskJson(status, task));
  }
  return Json::object(
      {{"name", service.name},
       {"image", service.image},
       {"replicas", service.replicas ? Json(std::int64_t{*service.replicas}) : Json()},
       {"running", static_cast<std::int64_t>(runningTasks(service, status.tasks))},
       {"update", service.updateMessage},
       {"tasks", std::move(tasks)}});
}

}  // namespace

bool CloudStatus::isWell() const {
  return !services.empty() && convergence().outcome == Convergence::Outcome::Done &&
         std::ranges::all_of(nodes, &SwarmNode::isReady);
}

Result<CloudStatus> readCloudStatus(const CloudStack& stack, Swarm& swarm) {
  auto services = swarm.services(stack.name);
  if (!services) return std::unexpected(services.error());
  auto tasks = swarm.tasks(stack.name);
  if (!tasks) return std::unexpected(tasks.error());
  auto nodes = swarm.nodes();
  if (!nodes) return std::unexpected(nodes.error());
  return CloudStatus{stack.name, std::move(*services), std::move(*tasks), std::move(*nodes)};
}

Json toJson(const CloudStatus& status) {
  auto services = Json::array();
  for (const auto& service : status.services) services.push(serviceJson(status, service));
  auto nodes = Json::array();
  for (const auto& node : status.nodes) {
    nodes.push(Json::object({{"host", node.host},
                             {"address", node.address},
                             {"manager", node.isManager},
                             {"ready", node.isReady},
                             {"active", node.isActive}}));
  }
  return Json::object({{"stack", status.name},
                       {"well", status.isWell()},
                       {"waiting_for", status.convergence().text},
                       {"services", std::move(services)},
                       {"nodes", std::move(nodes)}});
}

std::string inLines(const CloudStatus& status) {
  std::string text;
  for (const auto& service : status.services) {
    const auto wanted = service.replicas ? fmt::format(" of {}", *service.replicas) : std::string();
    text += fmt::format("{:10} {}{}  {}  {}\n", service.name, runningTasks(service, status.tasks),
                        wanted, service.image, service.updateMessage);
    for (const auto& task : status.tasks) {
      if (!belongs(task, service)) continue;
      text += fmt::format("  {:12} {:10} {}  {}\n", hostOf(status, task.node), task.state,
                          task.changed.substr(0, 19), task.error);
    }
  }
  for (const auto& node : status.nodes) {
    text += fmt::format("node {:12} {:16} {}{}\n", node.host, node.address,
                        node.isReady ? "ready" : "away", node.isManager ? ", manager" : "");
  }
  for (const auto& node : status.nodes) {
    if (node.isReady) continue;
    text +=
        fmt::format("{} is away, and what is said of its tasks was so before that\n", node.host);
  }
  const auto now = status.convergence();
  if (status.services.empty()) return text + "nothing is deployed: slipway deploy cloud\n";
  if (!now.text.empty()) return text + now.text + "\n";
  return status.isWell() ? text + "all is as wanted\n" : text;
}

}  // namespace slipway::ops
