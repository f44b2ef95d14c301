#include "ops/backup/verify.hpp"

#include <fmt/format.h>

#include "ops/backup/backup_figures.hpp"
#include "ops/backup/dump_reader.hpp"
#include "ops/backup/restore_dump.hpp"
#include "ops/backup/scratch_stack.hpp"

namespace slipway::ops {

namespace {

/// It is the backup that failed, unless somebody stopped it.
Result<Proof> bad(const BackupSettings& settings, Steps& steps, const std::string& why) {
  steps.failed(why);
  if (settings.stopped()) return std::unexpected("interrupted");
  return Proof{.isGood = false, .why = why};
}

/// What another environment's backup proves says nothing of this one's.
void tellOfProof(const Backup& backup, const BackupSettings& settings, Steps& steps) {
  if (backup.manifest.environment != settings.environment) return;
  const auto told = tellBackupVerified(settings.metrics, base::systemClock().now());
  if (!told) steps.note("monitoring is not told of it: " + told.error());
}

Result<OperationLock> lockScratch(const BackupSettings& settings) {
  return OperationLock::take(settings.folder / ".verify-lock",
                             {.who = "somebody",
                              .host = "this host",
                              .what = "slipway backup verify " + settings.environment,
                              .since = base::isoTime(base::systemClock().now())});
}

}  // namespace

Result<Proof> verifyBackup(const Backup& backup, const BackupSettings& settings, Steps& steps) {
  const auto lock = lockScratch(settings);
  if (!lock) return std::unexpected(lock.error());
  removeScratchStacks(settings.project);
  steps.begin("read", fmt::format("read {}", backup.dump().string()));
  if (const auto checked = checkBackup(backup, settings, steps); !checked) {
    if (isBadBackup(checked.error())) return bad(settings, steps, checked.error());
    steps.failed(checked.error());
    return std::unexpected(checked.error());
  }
  steps.done("size and checksums are those of the manifest");
  steps.begin("scratch", fmt::format("start a database of its own: {}", settings.databaseImage));
  auto scratch = ScratchStack::start(settings);
  if (!scratch) {
    steps.failed(scratch.error());
    return std::unexpected(scratch.error());
  }
  const auto& database = scratch->database();
  auto made = database.makeRoles(backup.manifest.roles);
  if (made) made = database.makeDatabase(settings.database, settings.database);
  if (!made) return std::unexpected(made.error());
  if (const auto restored = restoreDump(backup, settings, database, settings.database, steps);
      !restored) {
    return bad(settings, steps, restored.error());
  }
  steps.begin("boot", fmt::format("boot {} on it", settings.serviceImage));
  if (const auto started = scratch->startService(settings); !started) {
    steps.failed(started.error());
    return std::unexpected(started.error());
  }
  const auto booted = scratch->waitForService(settings);
  if (!booted) return bad(settings, steps, "the service does not run on it: " + booted.error());
  steps.done(*booted);
  tellOfProof(backup, settings, steps);
  return Proof{.isGood = true, .why = {}};
}

}  // namespace slipway::ops
