// A second place for backups: a folder (another disk, a mount), or whatever rclone reaches
// (remote:path, S3 for instance), by its own configuration file. Blocking.
#pragma once

#include <string>
#include <vector>

#include "ops/backup/backup_folder.hpp"
#include "ops/backup/backup_settings.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

/// Copies dump and manifest, the manifest last, so that what is there with a manifest is whole.
Result<> copyBackup(const Backup& backup, const BackupSettings& settings);

/// Takes the copy away; fine when there is none.
Result<> removeCopy(const Backup& backup, const BackupSettings& settings);

/// rclone, with its configuration where one is named.
std::vector<std::string> rcloneCommand(const BackupSettings& settings,
                                       std::vector<std::string> arguments);

}  // namespace slipway::ops
