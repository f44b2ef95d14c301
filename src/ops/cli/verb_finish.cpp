#include <memory>

#include "ops/backup/unfinished_restore.hpp"
#include "ops/cli/backup_options.hpp"
#include "ops/cli/cloud_options.hpp"
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
  if (isCloud(options.stack)) {
    return context.fail(
        kExitUsage,
        "finish: a Swarm keeps no old version warm; migrations that wait are applied "
        "when what serves is deployed once more: slipway deploy cloud <version>");
  }
  return withOutside(context, options.stack, [&](const StackRequest& stack, Outside& outside) {
    return finish({stack, isGiven(options.flag), isGiven(options.breakLock)}, outside);
  });
}

/// Of a Swarm only a restore can be cut short: it goes on with a deployment by itself.
int recoverCloud(const CommandContext& context, const Options& options) {
  if (isGiven(options.flag)) {
    return context.fail(
        kExitUsage,
        "recover cloud: leave --finish out: to go on with a deployment that was cut "
        "short, slipway deploy cloud <version>; to undo it, the version before");
  }
  return withBackups(context, {.stack = options.stack}, [&](BackupWork& work) {
    const auto lock = lockStack(work, "recover cloud", isGiven(options.breakLock));
    if (!lock) return work.fail(lock.error());
    const auto done = finishRestore(work.settings, work.outside.engine, work.outside.http);
    if (!done) return work.end("failed", kExitFailure, done.error());
    if (!done->empty()) return work.end("finished", kExitOk, *done);
    return work.end("nothing to do", kExitOk,
                    "no restore was cut short; after a deployment that was, slipway deploy cloud "
                    "<version> with the one that is to serve");
  });
}

int runRecover(const CommandContext& context, const Options& options) {
  if (isCloud(options.stack)) return recoverCloud(context, options);
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
