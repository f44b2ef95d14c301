#include "ops/swarm/cloud_database.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace slipway::ops {

Result<std::string> databaseContainer(const std::string& stack, Swarm& swarm, Engine& engine) {
  const auto services = swarm.services(stack);
  if (!services) return std::unexpected(services.error());
  const auto tasks = swarm.tasks(stack);
  if (!tasks) return std::unexpected(tasks.error());
  const auto* database = findService(*services, "db");
  const auto task = std::ranges::find_if(*tasks, [&](const SwarmTask& each) {
    return database != nullptr && each.service == database->id && each.isWanted() &&
           each.state == "running";
  });
  if (task == tasks->end()) {
    return std::unexpected(
        fmt::format("the database of {} does not run: slipway status cloud", stack));
  }
  const auto here = engine.container(task->container);
  if (!here) return std::unexpected(here.error());
  if (*here) return task->container;
  const auto nodes = swarm.nodes();
  if (!nodes) return std::unexpected(nodes.error());
  const auto node = std::ranges::find(*nodes, task->node, &SwarmNode::id);
  const auto host = node == nodes->end() ? task->node : node->host;
  return std::unexpected(fmt::format(
      "the database runs on {}, and only there a backup of it can be made: run this on {}, as a "
      "manager (docker node promote {})",
      host, host, host));
}

}  // namespace slipway::ops
