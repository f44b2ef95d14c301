#include <fmt/format.h>

#include <memory>

#include "base/text.hpp"
#include "ops/cli/cloud_options.hpp"
#include "ops/cli/exit_codes.hpp"
#include "ops/cli/stack_options.hpp"
#include "ops/deploy/deploy.hpp"

namespace slipway::ops {

namespace {

struct DeployOptions {
  StackOptions stack;
  std::string version = "latest";
  std::string strategy = "blue-green";
  std::string readyLimit = "90s";
  std::string guardWindow = "60s";
  std::string guardSamples = "50";
  std::string limit = "300s";
  CLI::Option* skipBackup = nullptr;
  CLI::Option* finish = nullptr;
  CLI::Option* dryRun = nullptr;
  CLI::Option* breakLock = nullptr;
  std::vector<CLI::Option*> ofOneHost = {};
  CLI::Option* ofSwarm = nullptr;
};

Result<std::chrono::seconds> readDuration(std::string_view name, std::string_view text) {
  const auto duration = base::parseDuration(text);
  if (duration && duration->count() > 0) return *duration;
  return std::unexpected(
      fmt::format("{}: '{}' is not a duration such as 30s, 5m", name, base::printable(text)));
}

Result<DeployRequest> readRequest(const DeployOptions& options) {
  const auto strategy = strategyNamed(options.strategy);
  const auto ready = readDuration("--ready-timeout", options.readyLimit);
  const auto guard = readDuration("--guard-window", options.guardWindow);
  const auto samples = base::parseUnsigned(options.guardSamples);
  if (!strategy) {
    return std::unexpected(fmt::format("--strategy: '{}' is not blue-green or rolling",
                                       base::printable(options.strategy)));
  }
  if (!ready) return std::unexpected(ready.error());
  if (!guard) return std::unexpected(guard.error());
  if (!samples || *samples == 0) return std::unexpected("--guard-samples: it is no number above 0");
  const bool isProduction = options.stack.environment == "production";
  return DeployRequest{.version = options.version,
                       .options = {.strategy = *strategy,
                                   .backsUp = isProduction && !isGiven(options.skipBackup),
                                   .endsWarm = isGiven(options.finish),
                                   .readyLimit = *ready,
                                   .guardWindow = *guard,
                                   .guardSamples = *samples},
                       .isDryRun = isGiven(options.dryRun),
                       .breaksLock = isGiven(options.breakLock)};
}

int deployCloud(const CommandContext& context, const DeployOptions& options) {
  const auto meaningless = firstGiven(options.ofOneHost);
  if (!meaningless.empty()) {
    return context.fail(kExitUsage,
                        fmt::format("deploy cloud: leave {} out: Swarm replaces one task "
                                    "after the other and keeps none warm",
                                    meaningless));
  }
  return runCloud(context, options.stack,
                  {.verb = CloudRequest::Verb::Deploy,
                   .stack = {},
                   .version = options.version,
                   .isDryRun = isGiven(options.dryRun),
                   .breaksLock = isGiven(options.breakLock),
                   .backsUp = !isGiven(options.skipBackup)},
                  options.limit);
}

int run(const CommandContext& context, const DeployOptions& options) {
  if (isCloud(options.stack)) return deployCloud(context, options);
  if (isGiven(options.ofSwarm)) return refuseTimeout(context, "deploy");
  auto request = readRequest(options);
  if (!request) return context.fail(kExitUsage, request.error());
  return withOutside(context, options.stack, [&](const StackRequest& stack, Outside& outside) {
    request->stack = stack;
    return deploy(*request, outside);
  });
}

std::string footer() {
  return std::string(
             "Starts the version beside the one that serves, tries it, sends it the requests and\n"
             "watches it; whatever fails, all is as before. The old version is kept warm:\n"
             "`slipway rollback` goes back to it, `slipway finish` ends that.\n\n"
             "Examples:\n"
             "  slipway deploy production 1.2.0\n"
             "  slipway deploy staging --dry-run\n"
             "  slipway deploy cloud 1.2.0\n\n")
      .append(kDeployExitCodesHelp);
}

}  // namespace

void addDeployVerb(CLI::App& app, CommandContext& context) {
  auto& verb =
      addVerb(app, "deploy", "Put a version in the place of the one that serves", footer());
  const auto options = std::make_shared<DeployOptions>();
  addStackOptions(verb, options->stack);
  addOption(verb, "version", options->version, "Tag of the service's image");
  options->ofOneHost = {
      addOption(verb, "--strategy", options->strategy, "blue-green or rolling"),
      addOption(verb, "--ready-timeout", options->readyLimit, "How long it may take to get ready"),
      addOption(verb, "--guard-window", options->guardWindow,
                "How long it is compared with the version before"),
      addOption(verb, "--guard-samples", options->guardSamples,
                "Requests without which nothing is decided")};
  options->ofSwarm =
      addOption(verb, "--timeout", options->limit, "Of a Swarm: how long each step may take");
  options->skipBackup = addFlag(verb, "--skip-backup", "Without a backup of the database before");
  options->finish = addFlag(verb, "--finish", "Keep nothing warm: end the old version at once");
  options->ofOneHost.push_back(options->finish);
  options->dryRun = addDryRun(verb);
  options->breakLock = addBreakLock(verb);
  runsAs(verb, context, [&context, options] { return run(context, *options); });
}

}  // namespace slipway::ops
