// Makes a backup of a stack's database. Blocking.
#pragma once

#include <string>

#include "base/time.hpp"
#include "ops/backup/backup_folder.hpp"
#include "ops/backup/backup_settings.hpp"
#include "ops/backup/database_container.hpp"
#include "ops/backup/steps.hpp"
#include "ops/docker/engine.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

struct CreateRequest {
  BackupSettings settings;
  std::string reason = "asked for";
  bool prunes = true;  // when it is made
};

struct Created {
  Backup backup;
  std::string notCopied;  // why there is no copy where one is wanted; empty when there is
};

/// Dump and manifest appear under their names only when both are whole and on the disk. Error: why
/// there is none; nothing that looks like a backup is left then.
Result<Created> createBackup(const CreateRequest& request, Engine& engine, const base::Clock& clock,
                             Steps& steps);

/// The running database of the stack.
Result<DatabaseContainer> databaseOf(const BackupSettings& settings, Engine& engine);

}  // namespace slipway::ops
