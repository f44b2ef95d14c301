// Puts the dump in a backup into an empty database, and compares it with what was dumped. Blocking.
#pragma once

#include "ops/backup/backup_folder.hpp"
#include "ops/backup/backup_settings.hpp"
#include "ops/backup/database_container.hpp"
#include "ops/backup/steps.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

/// Error: it could not be read or restored, or holds something else than was dumped.
Result<> restoreDump(const Backup& backup, const BackupSettings& settings,
                     const DatabaseContainer& container, std::string_view database, Steps& steps);

}  // namespace slipway::ops
