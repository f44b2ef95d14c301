// What is left to do once the new version has proven itself. Nothing here is undone.
#include <fmt/format.h>

#include "base/text.hpp"
#include "ops/cli/exit_codes.hpp"
#include "ops/deploy/colours.hpp"
#include "ops/deploy/image_prune.hpp"
#include "ops/deploy/proxy_hosts.hpp"
#include "ops/deploy/proxy_switch.hpp"
#include "ops/deploy/run.hpp"
#include "ops/deploy/steps.hpp"

namespace slipway::ops {

namespace {

/// VERSION is what `migrate` runs when Compose is used by hand; while migrations wait for the old
/// version to go, it stays that version's.
Result<> setSchemaVersion(const Run& run) {
  const auto env = readEnvFile(run.stack.files.envFile);
  if (!env) return std::unexpected(env.error());
  auto desired = readDesiredState(*env);
  if (!desired) return std::unexpected(desired.error());
  desired->version = run.operation.to.version;
  return setDesired(run, *desired);
}

Result<std::string> finish(Run& run) {
  if (run.operation.waiting.empty()) {
    if (const auto written = setSchemaVersion(run); !written) {
      return std::unexpected(written.error());
    }
  }
  return pruneImages(run);
}

}  // namespace

Step settleStep(const Operation& operation) {
  const auto colour = operation.toColour;
  return {.name = "settle",
          .does = fmt::format("send requests to {} alone: nobody stands by any more",
                              serviceOf(colour)),
          .exitCode = kExitFinish,
          .run = [colour](Run& run) -> Result<std::string> {
            const auto found = run.look();
            if (!found) return std::unexpected(found.error());
            if (found->hosts != base::trim(hostsWithStandby(colour))) return "it is so already";
            const auto told = sendRequestsTo(run, hostsOf(colour));
            if (!told) return std::unexpected(told.error());
            return "";
          },
          .isTidying = true};
}

Step endWarmStep(const Operation& operation) {
  const auto colour = otherThan(operation.toColour);
  return {.name = "end-warm",
          .does = fmt::format("take {} away: docker compose rm --stop --force {}",
                              serviceOf(colour), serviceOf(colour)),
          .exitCode = kExitFinish,
          .run = [colour](Run& run) -> Result<std::string> {
            const auto gone = takeAway(run, colour);
            if (!gone) return std::unexpected(gone.error());
            return fmt::format("{} is gone", serviceOf(colour));
          },
          .isTidying = true};
}

Step finishStep(const Operation& operation) {
  return {.name = "finish",
          .does = fmt::format("write VERSION={}; remove images beyond the last {} versions",
                              operation.to.version, kKeptVersions),
          .exitCode = kExitFinish,
          .run = finish,
          .isTidying = true};
}

}  // namespace slipway::ops
