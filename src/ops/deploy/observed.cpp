#include "ops/deploy/observed.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "ops/deploy/proxy_hosts.hpp"
#include "ops/files/state_file.hpp"

namespace slipway::ops {

Colour Observed::serving() const {
  if (const auto named = colourOfHosts(hosts)) return *named;
  const bool blueRuns = !running(Colour::Blue).empty();
  const bool greenRuns = !running(Colour::Green).empty();
  if (blueRuns != greenRuns) return blueRuns ? Colour::Blue : Colour::Green;
  return desired.blue.replicas == 0 && desired.green.replicas > 0 ? Colour::Green : Colour::Blue;
}

std::vector<Container> Observed::of(std::string_view service) const {
  std::vector<Container> found;
  std::ranges::copy_if(containers, std::back_inserter(found),
                       [service](const auto& each) { return each.service == service; });
  return found;
}

std::vector<Container> Observed::running(Colour colour) const {
  auto found = of(colour);
  std::erase_if(found, [](const auto& each) { return !each.isRunning(); });
  return found;
}

bool Observed::isRunning(std::string_view service) const {
  return std::ranges::any_of(containers, [service](const auto& each) {
    return each.service == service && each.isRunning();
  });
}

Result<EnvFile> readEnvFile(const std::filesystem::path& path) {
  const auto content = readStateFile(path);
  if (!content) return std::unexpected(content.error());
  return EnvFile(content->value_or(""));
}

Result<Observed> observe(const Stack& stack, Engine& engine) {
  const auto env = readEnvFile(stack.files.envFile);
  if (!env) return std::unexpected(env.error());
  auto desired = readDesiredState(*env);
  if (!desired) {
    return std::unexpected(fmt::format("{}: {}", stack.files.envFile.string(), desired.error()));
  }
  const auto hosts = readStateFile(stack.hosts());
  if (!hosts) return std::unexpected(hosts.error());
  auto containers = engine.containers(stack.project);
  if (!containers) return std::unexpected(containers.error());
  std::erase_if(*containers, [](const auto& each) { return each.isOneOff; });
  return Observed{std::move(*containers), std::move(*desired),
                  std::string(base::trim(hosts->value_or("")))};
}

}  // namespace slipway::ops
