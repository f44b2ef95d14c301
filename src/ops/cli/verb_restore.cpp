#include <fmt/ostream.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <iostream>
#include <memory>

#include "base/text.hpp"
#include "ops/backup/dump_reader.hpp"
#include "ops/backup/restore.hpp"
#include "ops/cli/backup_options.hpp"
#include "ops/cli/exit_codes.hpp"

namespace slipway::ops {

namespace {

struct Options {
  BackupOptions backup;
  std::string name;
  CLI::Option* yes = nullptr;
  CLI::Option* withoutSafety = nullptr;
  CLI::Option* anyEnvironment = nullptr;
  CLI::Option* breakLock = nullptr;
};

/// Whoever answers has read what is replaced by what.
bool isConfirmed(const CommandContext& context, const Backup& backup,
                 const BackupSettings& settings) {
  const auto& manifest = backup.manifest;
  fmt::print(context.err,
             "The database {} of {} is replaced by {} ({}, {} rows, made at {} UTC).\n"
             "What was written since is not in it. Type {} to go on: ",
             settings.database, settings.project, manifest.name, manifest.reason,
             rowsIn(manifest.tables), manifest.madeAt, settings.environment);
  context.err.flush();
  std::string answer;
  std::getline(std::cin, answer);
  return base::trim(answer) == settings.environment;
}

int tellRestored(BackupWork& work, const Backup& backup, const Restored& restored) {
  auto text = fmt::format("{} is restored", backup.manifest.name);
  if (!restored.keptDatabase.empty()) {
    text += fmt::format("; what was there is kept as the database {}", restored.keptDatabase);
  }
  if (!restored.safetyBackup.empty()) {
    text += fmt::format(" and as the backup {}", restored.safetyBackup);
  }
  if (restored.toDo.empty()) return work.end("restored", kExitOk, text);
  return work.end("restored", kExitFollowUp,
                  fmt::format("{}; left to do: {}", text, fmt::join(restored.toDo, "; ")));
}

int restore(const CommandContext& context, BackupWork& work, const Options& options) {
  const auto backup = findBackup(work.settings, options.name, isGiven(options.anyEnvironment));
  if (!backup) return work.end("refused", kExitBadBackup, backup.error());
  if (!isGiven(options.yes)) {
    if (isatty(STDIN_FILENO) != 1) {
      return work.end("refused", kExitUsage,
                      "restore replaces the database: without a terminal to ask at, say --yes");
    }
    if (!isConfirmed(context, *backup, work.settings)) {
      return work.end("refused", kExitFailure, "not confirmed: nothing was changed");
    }
  }
  const auto lock =
      lockStack(work, fmt::format("restore {} {}", work.settings.environment, options.name),
                isGiven(options.breakLock));
  if (!lock) return work.fail(lock.error());
  const RestoreRequest request{.settings = work.settings,
                               .makesSafetyBackup = !isGiven(options.withoutSafety)};
  auto& outside = work.outside;
  const auto restored =
      restoreBackup(*backup, request, outside.engine, outside.http, outside.clock, work.steps);
  if (restored) return tellRestored(work, *backup, *restored);
  // Told apart, so that a script knows whether to try again or another backup.
  if (isBadBackup(restored.error())) return work.end("refused", kExitBadBackup, restored.error());
  return work.fail(restored.error());
}

}  // namespace

void addRestoreVerb(CLI::App& app, CommandContext& context) {
  const auto options = std::make_shared<Options>();
  auto& verb = addVerb(
      app, "restore", "Put a backup in the place of the database",
      fmt::format(
          "Asks first. Refuses a file that is not as it was written before anything is touched; "
          "makes\n"
          "a backup of what is there now; restores into a new database, compares it with what was\n"
          "counted at the time of the dump, and exchanges the two by their names. The service "
          "keeps\n"
          "running and connects anew. What was there is kept as a database, too, until the next\n"
          "restore.\n\n"
          "Examples:\n"
          "  slipway restore production latest\n"
          "  slipway restore production production-20260102T030405Z --identity key.txt --yes\n\n{}",
          kBackupExitCodesHelp));
  addBackupOptions(verb, options->backup);
  addOption(verb, "backup", options->name, "A name, a path, or latest", true);
  addMakingOptions(verb, options->backup);
  options->yes = addFlag(verb, "--yes", "Do not ask");
  options->withoutSafety =
      addFlag(verb, "--without-safety-backup", "Even where what is there can't be backed up");
  options->anyEnvironment =
      addFlag(verb, "--from-other-environment", "Also one of another environment");
  options->breakLock = addBreakLock(verb);
  runsAs(verb, context, [&context, options] {
    return withBackups(context, options->backup,
                       [&](BackupWork& work) { return restore(context, work, *options); });
  });
}

}  // namespace slipway::ops
