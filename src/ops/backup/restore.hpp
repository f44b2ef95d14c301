// Puts a backup in the place of a stack's database, while the service keeps running: into a new
// database first, which takes the old one's name in one step once it is whole. Blocking.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "ops/backup/backup_folder.hpp"
#include "ops/backup/backup_settings.hpp"
#include "ops/backup/create.hpp"
#include "ops/backup/steps.hpp"
#include "ops/docker/engine.hpp"
#include "ops/http/http_client.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

struct RestoreRequest {
  BackupSettings settings;
  bool makesSafetyBackup = true;
};

struct Restored {
  std::string safetyBackup;       // its name; empty: none was made
  std::string keptDatabase;       // the old one, under its new name; empty: there was none
  std::vector<std::string> toDo;  // what could not be done after it, each in one line
};

/// The lock of the stack is the caller's, as is the asking. Error: why not; the database is as it
/// was then.
Result<Restored> restoreBackup(const Backup& backup, const RestoreRequest& request, Engine& engine,
                               HttpClient& http, const base::Clock& clock, Steps& steps);

}  // namespace slipway::ops
