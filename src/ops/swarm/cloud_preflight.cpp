#include "ops/swarm/cloud_preflight.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ops/files/state_file.hpp"

namespace slipway::ops {

std::vector<std::string> checkNodes(Swarm& swarm) {
  const auto nodes = swarm.nodes();
  if (!nodes) return {nodes.error()};
  std::vector<std::string> problems;
  for (const std::string label : {"slipway.data", "slipway.proxy"}) {
    const auto hasIt = [&](const SwarmNode& node) {
      const auto found = node.labels.find(label);
      return node.isReady && node.isActive && found != node.labels.end() && found->second == "true";
    };
    if (std::ranges::any_of(*nodes, hasIt)) continue;
    problems.push_back(
        fmt::format("no node that is ready has the label {0}: docker node update "
                    "--label-add {0}=true <node>",
                    label));
  }
  return problems;
}

Result<CloudServing> servingNow(const CloudStack& stack, Swarm& swarm) {
  const auto services = swarm.services(stack.name);
  if (!services) return std::unexpected(services.error());
  const auto* api = findService(*services, "api");
  // A first deployment that failed leaves a service without tasks.
  if (api == nullptr || stack.version.empty()) return CloudServing{"", stack.replicas};
  const auto colon = api->image.rfind(':');
  return CloudServing{
      .version = colon == std::string::npos ? stack.version : api->image.substr(colon + 1),
      .replicas = api->replicas.value_or(stack.replicas)};
}

Result<OperationLock> lockCloud(const CloudStack& stack, const CloudOutside& outside,
                                const std::string& what, bool breaks) {
  if (const auto made = makeFolders(stack.state); !made) return std::unexpected(made.error());
  const LockHolder holder{outside.who, outside.host, what, base::isoTime(outside.clock.now()),
                          outside.pid};
  return breaks ? OperationLock::seize(stack.lock(), holder)
                : OperationLock::take(stack.lock(), holder);
}

}  // namespace slipway::ops
