#include "ops/deploy/colours.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ops/deploy/kept_logs.hpp"
#include "ops/deploy/replica.hpp"
#include "ops/files/state_file.hpp"

namespace slipway::ops {

namespace {

constexpr std::chrono::seconds kUpLimit{120};
// Over the grace period of the service.
constexpr std::chrono::seconds kTakeAwayLimit{120};

Result<> changeEnvFile(const Run& run, const std::function<void(EnvFile&)>& change) {
  auto env = readEnvFile(run.stack.files.envFile);
  if (!env) return std::unexpected(env.error());
  const auto before = env->text();
  change(*env);
  if (env->text() == before) return {};
  return replaceFile(run.stack.files.envFile, env->text());
}

bool isDead(const Container& container, bool isNew) {
  return container.status == "exited" || container.status == "dead" ||
         container.status == "restarting" ||
         (isNew && (container.restartCount > 0 || container.oomKilled));
}

std::vector<Container> candidates(const Observed& observed, const Wanted& wanted) {
  auto found = observed.of(wanted.colour);
  std::erase_if(
      found, [&](const auto& each) { return !wanted.image.empty() && each.image != wanted.image; });
  return found;
}

std::vector<Container> notReady(Run& run, const std::vector<Container>& containers) {
  std::vector<Container> found;
  for (const auto& container : containers) {
    if (!container.isWell() || !isReady(run, container)) found.push_back(container);
  }
  return found;
}

}  // namespace

Result<> setDesired(const Run& run, const DesiredState& state) {
  return changeEnvFile(run, [&](EnvFile& env) { setDesiredState(env, state); });
}

Result<> setColour(const Run& run, Colour colour, const ColourState& state) {
  const auto env = readEnvFile(run.stack.files.envFile);
  if (!env) return std::unexpected(env.error());
  auto desired = readDesiredState(*env);
  if (!desired) return std::unexpected(desired.error());
  desired->of(colour) = state;
  return setDesired(run, *desired);
}

Result<> bringUp(Run& run, Colour colour, const std::vector<std::string>& more) {
  ComposeCall call{.arguments = {"up", "--detach", "--no-deps"}, .timeout = kUpLimit};
  call.arguments.insert(call.arguments.end(), more.begin(), more.end());
  call.arguments.push_back(serviceOf(colour));
  const auto done = run.compose.run(call);
  if (!done) return std::unexpected(done.error());
  return {};
}

Result<> takeAway(Run& run, Colour colour) {
  const auto found = run.look();
  if (!found) return std::unexpected(found.error());
  const auto written = setColour(run, colour, {found->desired.of(colour).version, 0});
  if (!written) return written;
  if (found->of(colour).empty()) return {};
  const auto removed = run.compose.run(
      {.arguments = {"rm", "--stop", "--force", serviceOf(colour)}, .timeout = kTakeAwayLimit});
  if (!removed) return std::unexpected(removed.error());
  return {};
}

Result<std::string> waitReady(Run& run, const Wanted& wanted) {
  std::vector<Container> lacking;
  const auto look = [&]() -> Result<std::optional<std::string>> {
    const auto found = run.look();
    if (!found) return std::nullopt;  // the Engine may come back before the limit
    const auto all = candidates(*found, wanted);
    const auto dead =
        std::ranges::find_if(all, [&](const auto& each) { return isDead(each, wanted.isNew); });
    if (dead != all.end()) {
      lacking = {*dead};
      return std::unexpected(fmt::format("{} {}", dead->name, describeTrouble(*dead)));
    }
    lacking = notReady(run, all);
    const auto ready = all.size() - lacking.size();
    run.reporter.progress(fmt::format("{} of {} ready", ready, wanted.count));
    if (all.size() != wanted.count || !lacking.empty()) return std::nullopt;
    return fmt::format("{} of {} ready", ready, wanted.count);
  };
  auto ready = waitUntil(run, fmt::format("{} is not ready", serviceOf(wanted.colour)),
                         run.operation.options.readyLimit, look);
  if (!ready && !run.clock.interrupted()) keepLogs(run, lacking);
  return ready;
}

}  // namespace slipway::ops
