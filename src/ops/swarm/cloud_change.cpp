#include "ops/swarm/cloud_change.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/token.hpp"
#include "ops/files/secret_file.hpp"

namespace slipway::ops {

namespace {

void put(StackVariables& variables, const std::string& name, std::string value) {
  std::erase_if(variables, [&](const auto& each) { return each.first == name; });
  variables.emplace_back(name, std::move(value));
}

/// The name of a node's address in a URL.
std::string inUrl(const std::string& address) {
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

/// Of a node where a proxy runs.
Result<std::string> proxyUrl(const CloudStack& stack, Swarm& swarm) {
  const auto services = swarm.services(stack.name);
  if (!services) return std::unexpected(services.error());
  const auto tasks = swarm.tasks(stack.name);
  if (!tasks) return std::unexpected(tasks.error());
  const auto nodes = swarm.nodes();
  if (!nodes) return std::unexpected(nodes.error());
  const auto* proxy = findService(*services, "proxy");
  for (const auto& task : *tasks) {
    if (proxy == nullptr || task.service != proxy->id || task.state != "running") continue;
    const auto node = std::ranges::find(*nodes, task.node, &SwarmNode::id);
    if (node == nodes->end()) continue;
    return fmt::format("https://{}:{}", inUrl(node->address), stack.httpsPort);
  }
  return std::unexpected(
      "no proxy runs: label a node, docker node update --label-add "
      "slipway.proxy=true <node>");
}

}  // namespace

Result<std::string> apply(const CloudStack& stack, const CloudChange& change, ChangeParts& parts,
                          CloudOutside& outside) {
  auto variables = stack.settings;
  for (const auto& [name, value] : parts.digests) put(variables, name, value);
  // Two waits and a validation; when this program dies, the autoscaler goes on after that.
  const auto frozen =
      std::chrono::floor<std::chrono::seconds>(outside.clock.now()) + 3 * parts.patience.limit;
  put(variables, "FROZEN_UNTIL", fmt::format("{}", frozen.time_since_epoch().count()));
  put(variables, "API_VERSION", change.version);
  put(variables, "API_REPLICAS", fmt::format("{}", change.replicas));
  put(variables, "VERSION", change.migrateVersion);
  put(variables, "MIGRATE_OPTIONS", change.running.empty() ? "" : "--running " + change.running);
  if (const auto accepted = outside.deployStack(stack, variables); !accepted) {
    return std::unexpected(accepted.error());
  }
  const auto done = waitForConvergence(stack, outside, parts.patience, parts.known);
  if (!done) return std::unexpected(done.error());
  return fmt::format("{} x {}", change.replicas, change.version);
}

Result<std::string> validateCloud(const CloudStack& stack, CloudOutside& outside) {
  auto key = readSecretFile(stack.secrets / "secret_key");
  if (!key) return std::unexpected(key.error());
  constexpr std::chrono::minutes kTokenLifetime{5};
  const auto token = base::signToken({.key = std::move(*key)},
                                     {.subject = "slipway", .scope = "users:read users:write ops"},
                                     outside.clock.now(), kTokenLifetime);
  const auto url = proxyUrl(stack, outside.swarm);
  if (!url) return std::unexpected(url.error());
  return outside.validate(*url, token);
}

}  // namespace slipway::ops
