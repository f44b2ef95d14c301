#include <memory>

#include "ops/cli/exit_codes.hpp"
#include "ops/cli/stack_options.hpp"
#include "ops/deploy/recover.hpp"

namespace slipway::ops {

namespace {

struct Options {
  StackOptions stack;
  CLI::Option* flag = nullptr;  // --dry-run; --finish
  CLI::Option* breakLock = nullptr;
};

int runFinish(const CommandContext& context, const Options& options) {
  return withOutside(context, options.stack, [&](const StackRequest& stack, Outside& outside) {
    return finish({stack, isGiven(options.flag), isGiven(options.breakLock)}, outside);
  });
}

int runRecover(const CommandContext& context, const Options& options) {
  return withOutside(context, options.stack, [&](const StackRequest& stack, Outside& outside) {
    return recover({stack, isGiven(options.flag), isGiven(options.breakLock)}, outside);
  });
}

}  // namespace

void addFinishVerb(CLI::App& app, CommandContext& context) {
  auto& verb = addVerb(
      app, "finish", "End the old version that a deployment keeps warm",
      std::string("After it a rollback has to start the old version again. Migrations that the\n"
                  "old version could not do with are applied then.\n\n"
                  "Example:\n"
                  "  slipway finish production\n\n")
          .append(kDeployExitCodesHelp));
  const auto options = std::make_shared<Options>();
  addStackOptions(verb, options->stack);
  options->flag = addDryRun(verb);
  options->breakLock = addBreakLock(verb);
  runsAs(verb, context, [&context, options] { return runFinish(context, *options); });
}

void addRecoverVerb(CLI::App& app, CommandContext& context) {
  auto& verb = addVerb(
      app, "recover", "Undo or finish an operation that was cut short",
      std::string("After a crash or a power failure in the middle of a deployment. Undoes it:\n"
                  "what served before serves alone. --finish goes on with it instead.\n\n"
                  "Examples:\n"
                  "  slipway recover production\n"
                  "  slipway recover production --finish\n\n")
          .append(kDeployExitCodesHelp));
  const auto options = std::make_shared<Options>();
  addStackOptions(verb, options->stack);
  options->flag = addFlag(verb, "--finish", "Go on where it stopped");
  options->breakLock = addBreakLock(verb);
  runsAs(verb, context, [&context, options] { return runRecover(context, *options); });
}

}  // namespace slipway::ops
