#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include <memory>

#include "base/json.hpp"
#include "ops/backup/create.hpp"
#include "ops/backup/retention.hpp"
#include "ops/backup/verify.hpp"
#include "ops/cli/backup_options.hpp"
#include "ops/cli/exit_codes.hpp"

namespace slipway::ops {

namespace {

using base::Json;

struct Options {
  BackupOptions backup;
  std::string name = "latest";
  std::string databaseImage;
  std::string serviceImage;
  CLI::Option* keepAll = nullptr;
  CLI::Option* dryRun = nullptr;
  CLI::Option* anyEnvironment = nullptr;
};

int create(BackupWork& work, const Options& options) {
  const CreateRequest request{.settings = work.settings, .prunes = !isGiven(options.keepAll)};
  const auto made = createBackup(request, work.outside.engine, work.outside.clock, work.steps);
  if (!made) return work.fail(made.error());
  const auto& manifest = made->backup.manifest;
  const auto text = fmt::format("{}: {}, {} rows in {} tables{}", made->backup.dump().string(),
                                sizeInWords(manifest.fileBytes), rowsIn(manifest.tables),
                                manifest.tables.size(), manifest.isEncrypted ? ", encrypted" : "");
  if (made->notCopied.empty()) return work.end("made", kExitOk, text);
  return work.end("not copied", kExitNotCopied,
                  fmt::format("{}; it was not copied: {}", text, made->notCopied));
}

Json listedJson(const Backup& backup) {
  auto json = toJson(backup.manifest);
  return json.set("file", backup.dump().string()).set("whole", backup.looksWhole());
}

int list(const CommandContext& context, BackupWork& work, const Options& options) {
  const auto found = listBackups(work.settings.folder, work.settings.environment);
  const bool asJson = isGiven(options.backup.stack.json);
  for (const auto& backup : found.backups) {
    const auto& manifest = backup.manifest;
    if (asJson) {
      fmt::print(context.out, "{}\n", listedJson(backup).dump());
      continue;
    }
    fmt::print(context.out, "{:32} {:>10} {:>9} rows  {:9} {}{}\n", manifest.name,
               sizeInWords(manifest.fileBytes), rowsIn(manifest.tables),
               manifest.isEncrypted ? "encrypted" : "plain", manifest.reason,
               backup.looksWhole() ? "" : "  NOT WHOLE: the dump is missing or cut off");
  }
  for (const auto& problem : found.problems) fmt::print(context.err, "slipway: {}\n", problem);
  return kExitOk;
}

int verify(BackupWork& work, const Options& options) {
  if (!options.databaseImage.empty()) work.settings.databaseImage = options.databaseImage;
  if (!options.serviceImage.empty()) work.settings.serviceImage = options.serviceImage;
  const auto backup = findBackup(work.settings, options.name, isGiven(options.anyEnvironment));
  if (!backup) return work.end("bad", kExitBadBackup, backup.error());
  const auto proof = verifyBackup(*backup, work.settings, work.steps);
  if (!proof) return work.fail(proof.error());
  if (!proof->isGood) return work.end("bad", kExitBadBackup, proof->why);
  return work.end(
      "good", kExitOk,
      fmt::format("{} can be restored, and the service runs on it", backup->manifest.name));
}

int pruneOld(BackupWork& work, const Options& options) {
  const auto lock = lockBackups(work.settings, "slipway backup prune");
  if (!lock) return work.fail(lock.error());
  const bool isDryRun = isGiven(options.dryRun);
  const auto pruned = prune(work.settings, work.outside.clock.now(), isDryRun, work.steps);
  if (!pruned) return work.fail(pruned.error());
  if (!pruned->problems.empty()) {
    return work.end("failed", kExitFailure, fmt::format("{}", fmt::join(pruned->problems, "; ")));
  }
  if (pruned->names.empty()) return work.end("pruned", kExitOk, "nothing is old enough to go");
  return work.end(
      "pruned", kExitOk,
      fmt::format("{} {}", isDryRun ? "would delete" : "deleted", fmt::join(pruned->names, ", ")));
}

std::string footer(std::string_view text, std::string_view example) {
  return fmt::format("{}\n\nExample:\n  {}\n\n{}", text, example, kBackupExitCodesHelp);
}

void addCreate(CLI::App& group, CommandContext& context) {
  const auto options = std::make_shared<Options>();
  auto& verb = addVerb(
      group, "create", "Dump the database into a file of its own",
      footer(
          "Streams pg_dump out of the database's container, counts the rows of the same snapshot,\n"
          "and gives the file its name only when all of it is on the disk. Then backups that are\n"
          "too old are deleted.",
          "slipway backup create production --recipients backup-recipients.txt"));
  addBackupOptions(verb, options->backup);
  addMakingOptions(verb, options->backup);
  options->keepAll = addFlag(verb, "--keep-all", "Delete no old ones");
  runsAs(verb, context, [&context, options] {
    return withBackups(context, options->backup,
                       [&](BackupWork& work) { return create(work, *options); });
  });
}

void addList(CLI::App& group, CommandContext& context) {
  const auto options = std::make_shared<Options>();
  auto& verb =
      addVerb(group, "list", "Show the backups that are there",
              footer("The newest first. What looks like a backup and is none is told on stderr.",
                     "slipway backup list production --json"));
  addBackupOptions(verb, options->backup);
  runsAs(verb, context, [&context, options] {
    return withBackups(context, options->backup,
                       [&](BackupWork& work) { return list(context, work, *options); });
  });
}

void addVerify(CLI::App& group, CommandContext& context) {
  const auto options = std::make_shared<Options>();
  auto& verb =
      addVerb(group, "verify", "Prove that a backup can be restored",
              footer("Restores it into a database of its own that nobody can reach, compares every "
                     "table with\n"
                     "what was counted at the time of the dump, and boots the service on it.",
                     "slipway backup verify production latest"));
  addBackupOptions(verb, options->backup);
  addOption(verb, "backup", options->name, "A name, a path, or latest");
  addOption(verb, "--postgres-image", options->databaseImage, "Instead of POSTGRES_IMAGE");
  addOption(verb, "--service-image", options->serviceImage, "Instead of what is deployed");
  options->anyEnvironment =
      addFlag(verb, "--from-other-environment", "Also one of another environment");
  runsAs(verb, context, [&context, options] {
    return withBackups(context, options->backup,
                       [&](BackupWork& work) { return verify(work, *options); });
  });
}

void addPrune(CLI::App& group, CommandContext& context) {
  const auto options = std::make_shared<Options>();
  auto& verb = addVerb(group, "prune", "Delete old backups",
                       footer("Those older than BACKUP_KEEP_DAYS (7), and their copies; never the "
                              "newest one whose file\n"
                              "is as it was written.",
                              "slipway backup prune production --dry-run"));
  addBackupOptions(verb, options->backup);
  addMakingOptions(verb, options->backup);
  options->dryRun = addFlag(verb, "--dry-run", "Show what would go; change nothing");
  runsAs(verb, context, [&context, options] {
    return withBackups(context, options->backup,
                       [&](BackupWork& work) { return pruneOld(work, *options); });
  });
}

}  // namespace

void addBackupVerb(CLI::App& app, CommandContext& context) {
  auto& group = addVerbGroup(app, "backup", "Make, list, prove and delete backups of the database");
  addCreate(group, context);
  addList(group, context);
  addVerify(group, context);
  addPrune(group, context);
}

}  // namespace slipway::ops
