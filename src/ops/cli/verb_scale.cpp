#include <fmt/format.h>

#include <memory>

#include "base/text.hpp"
#include "ops/cli/cloud_options.hpp"
#include "ops/cli/exit_codes.hpp"

namespace slipway::ops {

namespace {

constexpr std::uint64_t kMostReplicas = 100;

struct ScaleOptions {
  StackOptions stack{.environment = "cloud"};
  std::string target;
  std::string limit = "300s";
  CLI::Option* dryRun = nullptr;
  CLI::Option* breakLock = nullptr;
};

int run(const CommandContext& context, const ScaleOptions& options) {
  constexpr std::string_view kPrefix = "api=";
  const auto replicas =
      options.target.starts_with(kPrefix)
          ? base::parseUnsigned(std::string_view(options.target).substr(kPrefix.size()))
          : std::nullopt;
  if (!replicas || *replicas == 0 || *replicas > kMostReplicas) {
    return context.fail(kExitUsage,
                        fmt::format("scale: '{}' is not api=<1 to {}>: nothing else has replicas",
                                    base::printable(options.target), kMostReplicas));
  }
  return runCloud(context, options.stack,
                  {.verb = CloudRequest::Verb::Scale,
                   .stack = {},
                   .version = "",
                   .replicas = static_cast<unsigned>(*replicas),
                   .isDryRun = isGiven(options.dryRun),
                   .breaksLock = isGiven(options.breakLock)},
                  options.limit);
}

}  // namespace

void addScaleVerb(CLI::App& app, CommandContext& context) {
  auto& verb = addVerb(app, "scale", "Give the service of a Swarm another number of replicas",
                       std::string("Waits until that many are healthy, or all is as before.\n\n"
                                   "Example:\n"
                                   "  slipway scale api=3\n\n")
                           .append(kDeployExitCodesHelp));
  const auto options = std::make_shared<ScaleOptions>();
  addOption(verb, "target", options->target, "api=<replicas>", true);
  addPlaceOptions(verb, options->stack);
  addOption(verb, "--timeout", options->limit, "How long it may take");
  options->dryRun = addDryRun(verb);
  options->breakLock = addBreakLock(verb);
  runsAs(verb, context, [&context, options] { return run(context, *options); });
}

}  // namespace slipway::ops
