// Proves a backup: restores it where nothing else is, compares every table with what was counted at
// the time of the dump, and boots the service on it. Blocking.
#pragma once

#include <string>

#include "ops/backup/backup_folder.hpp"
#include "ops/backup/backup_settings.hpp"
#include "ops/backup/steps.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

struct Proof {
  bool isGood = false;
  std::string why;  // where it is not
};

/// Error: it could not be found out.
Result<Proof> verifyBackup(const Backup& backup, const BackupSettings& settings, Steps& steps);

}  // namespace slipway::ops
