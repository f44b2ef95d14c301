#include <memory>

#include "ops/cli/cloud_options.hpp"
#include "ops/cli/exit_codes.hpp"
#include "ops/cli/stack_options.hpp"
#include "ops/deploy/rollback.hpp"

namespace slipway::ops {

namespace {

struct RollbackOptions {
  StackOptions stack;
  std::string version;
  std::string limit = "300s";
  CLI::Option* ofSwarm = nullptr;
  CLI::Option* dryRun = nullptr;
  CLI::Option* breakLock = nullptr;
};

int run(const CommandContext& context, const RollbackOptions& options) {
  if (isCloud(options.stack)) {
    return runCloud(context, options.stack,
                    {.verb = CloudRequest::Verb::Rollback,
                     .stack = {},
                     .version = options.version,
                     .isDryRun = isGiven(options.dryRun),
                     .breaksLock = isGiven(options.breakLock)},
                    options.limit);
  }
  if (isGiven(options.ofSwarm)) return refuseTimeout(context, "rollback");
  return withOutside(context, options.stack, [&](const StackRequest& stack, Outside& outside) {
    RollbackRequest request{.stack = stack,
                            .isDryRun = isGiven(options.dryRun),
                            .breaksLock = isGiven(options.breakLock)};
    if (!options.version.empty()) request.version = options.version;
    return rollback(request, outside);
  });
}

}  // namespace

void addRollbackVerb(CLI::App& app, CommandContext& context) {
  auto& verb = addVerb(
      app, "rollback", "Go back to a version that served before",
      std::string("Within a second or so when that version is kept warm; otherwise it is started\n"
                  "again. Refused when the schema has moved on past it.\n\n"
                  "Examples:\n"
                  "  slipway rollback production\n"
                  "  slipway rollback production 1.1.0\n\n")
          .append(kDeployExitCodesHelp));
  const auto options = std::make_shared<RollbackOptions>();
  addStackOptions(verb, options->stack);
  addOption(verb, "version", options->version, "Which one; without: the one before");
  options->ofSwarm =
      addOption(verb, "--timeout", options->limit, "Of a Swarm: how long it may take");
  options->dryRun = addDryRun(verb);
  options->breakLock = addBreakLock(verb);
  runsAs(verb, context, [&context, options] { return run(context, *options); });
}

}  // namespace slipway::ops
