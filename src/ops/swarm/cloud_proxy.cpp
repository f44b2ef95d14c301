#include "ops/swarm/cloud_proxy.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "base/token.hpp"
#include "ops/files/secret_file.hpp"

namespace slipway::ops {

namespace {

/// Of a node where a proxy runs.
Result<std::string> proxyAddress(const CloudStack& stack, Swarm& swarm) {
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
    if (node != nodes->end()) return node->address;
  }
  return std::unexpected(
      "no proxy runs: label a node, docker node update --label-add "
      "slipway.proxy=true <node>");
}

/// The name of an address in a URL.
std::string inUrl(const std::string& address) {
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

}  // namespace

Result<std::string> proxyUrl(const CloudStack& stack, Swarm& swarm) {
  const auto address = proxyAddress(stack, swarm);
  if (!address) return std::unexpected(address.error());
  return fmt::format("https://{}:{}", inUrl(*address), stack.httpsPort);
}

Result<std::string> makeCloudToken(const CloudStack& stack, const std::string& scope,
                                   const base::Clock& clock) {
  constexpr std::chrono::minutes kLifetime{5};
  auto key = readSecretFile(stack.secrets / "secret_key");
  if (!key) return std::unexpected(key.error());
  return base::signToken({.key = std::move(*key)}, {.subject = "slipway", .scope = scope},
                         clock.now(), kLifetime);
}

Result<std::string> clearCloudCache(const CloudStack& stack, Swarm& swarm, HttpClient& http,
                                    WaitingClock& clock) {
  constexpr std::chrono::seconds kReadyLimit{30};
  constexpr std::chrono::seconds kPause{1};
  const auto address = proxyAddress(stack, swarm);
  if (!address) return std::unexpected(address.error());
  const auto port = base::parseUnsigned(stack.httpsPort);
  const auto token = makeCloudToken(stack, "ops", clock);
  if (!token) return std::unexpected(token.error());
  const HttpCall call{.method = "DELETE",
                      .host = *address,
                      .port = static_cast<std::uint16_t>(port.value_or(443)),
                      .overTls = true,
                      .target = "/cache/clear",
                      .headers = {{"Authorization", "Bearer " + *token}}};
  const auto end = clock.now() + kReadyLimit;
  // Its tasks connect to the new database by themselves.
  for (;;) {
    const auto answer = http.send(call);
    if (answer && answer->status == 200) return "asked the service through its proxy";
    if (clock.now() >= end || clock.interrupted()) {
      const auto why = answer ? fmt::format("{}: {}", answer->status, base::printable(answer->body))
                              : answer.error();
      return std::unexpected(fmt::format(
          "DELETE https://{}/cache/clear: {}; ask for it from an address of INTERNAL_NETWORKS",
          inUrl(*address), why));
    }
    clock.wait(kPause);
  }
}

}  // namespace slipway::ops
