// Which backups go. Those of the last days stay, and the newest one whose file is as it was written
// stays whatever its age: never the last good one.
#pragma once

#include <string>
#include <vector>

#include "base/time.hpp"
#include "ops/backup/backup_folder.hpp"
#include "ops/backup/backup_settings.hpp"
#include "ops/backup/steps.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

/// Of `backups` (the newest first) those to delete. `isGood` is asked from the newest on until one
/// is, and only when there is something to delete.
std::vector<Backup> expired(const std::vector<Backup>& backups, base::Timestamp now,
                            std::chrono::days keep,
                            const std::function<bool(const Backup&)>& isGood);

struct Pruned {
  std::vector<std::string> names;     // deleted, or to be deleted in a dry run
  std::vector<std::string> problems;  // copies that could not be deleted
};

/// Deletes them, and their copies. The lock is the caller's. Error: a file can't be deleted.
Result<Pruned> prune(const BackupSettings& settings, base::Timestamp now, bool isDryRun,
                     Steps& steps);

}  // namespace slipway::ops
