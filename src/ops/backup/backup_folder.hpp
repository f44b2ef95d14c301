// The backups that a folder holds. A backup is a dump and its manifest; what is being written has
// another name. Reading only; a folder that is not there holds none.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ops/backup/backup_settings.hpp"
#include "ops/backup/manifest.hpp"
#include "ops/deploy/operation_lock.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

struct Backup {
  std::filesystem::path folder;
  Manifest manifest;

  std::filesystem::path dump() const { return folder / manifest.dumpFile(); }
  std::filesystem::path manifestFile() const { return folder / manifest.manifestFile(); }
  /// Whether its dump is there and has the right size.
  bool looksWhole() const;
};

struct BackupList {
  std::vector<Backup> backups;        // the newest first
  std::vector<std::string> problems;  // files that look like one and are none, each with why
};

BackupList listBackups(const std::filesystem::path& folder, std::string_view environment);

/// `name`: "latest", a backup's name, or a path to its dump or manifest. Error: there is none, or
/// it is another's; `anyEnvironment` takes those of another environment.
Result<Backup> findBackup(const BackupSettings& settings, const std::string& name,
                          bool anyEnvironment);

/// The name of a backup that is begun now. Names are of whole seconds: where this second's is
/// taken, it is the next free one's, so that names keep their order.
std::string freeBackupName(const std::filesystem::path& folder, std::string_view environment,
                           base::Timestamp now);

/// Makes the folder (for its owner alone) and takes its lock, so that one at a time writes there.
Result<OperationLock> lockBackups(const BackupSettings& settings, std::string what);

/// Removes what writers that were killed left there. Only with the lock.
void removeLeftovers(const std::filesystem::path& folder);

inline constexpr std::string_view kUnfinishedPrefix = ".unfinished-";

}  // namespace slipway::ops
