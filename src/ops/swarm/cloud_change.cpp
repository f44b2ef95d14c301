#include "ops/swarm/cloud_change.hpp"

#include <fmt/format.h>

#include "ops/swarm/cloud_proxy.hpp"

namespace slipway::ops {

namespace {

void put(StackVariables& variables, const std::string& name, std::string value) {
  std::erase_if(variables, [&](const auto& each) { return each.first == name; });
  variables.emplace_back(name, std::move(value));
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
  const auto token = makeCloudToken(stack, "users:read users:write ops", outside.clock);
  if (!token) return std::unexpected(token.error());
  const auto url = proxyUrl(stack, outside.swarm);
  if (!url) return std::unexpected(url.error());
  return outside.validate(*url, *token);
}

}  // namespace slipway::ops
