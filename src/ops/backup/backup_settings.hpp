// What a stack's backups are made with: from its env file and the process's environment, which
// outranks it, and from options. Plain values.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

#include "ops/deploy/stack.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

struct BackupSettings {
  std::string environment;  // production
  std::string project;      // of Compose
  std::string database = "slipway";
  std::filesystem::path folder;             // BACKUP_DIR: backups/<environment>
  std::filesystem::path metrics;            // where monitoring is told of them
  std::filesystem::path unfinishedRestore;  // kept while one is between its last two steps
  std::filesystem::path recipients = {};    // BACKUP_RECIPIENTS_FILE of age; empty: not encrypted
  std::filesystem::path identity = {};      // BACKUP_IDENTITY_FILE of age, to read encrypted ones
  std::string copyTo = {};                  // BACKUP_COPY_TO: a folder, or remote:path of rclone
  std::filesystem::path rcloneConfig = {};  // BACKUP_RCLONE_CONFIG
  std::chrono::days keep{7};                // BACKUP_KEEP_DAYS
  std::string databaseImage;                // for a scratch database
  std::string serviceImage;                 // that is booted on it
  /// Over one dump or one restore.
  std::chrono::hours limit{6};
  /// Whether somebody wants it to end.
  std::function<bool()> stopped = [] { return false; };

  // How a Swarm's stack differs from a Compose project, which both are about without these.
  /// The id of the database's container.
  std::function<Result<std::string>()> findDatabase = {};
  /// Makes the service clear its cache; tells how. Error: what is to be done by hand.
  std::function<Result<std::string>()> clearCache = {};

  std::filesystem::path lock() const { return folder / ".lock"; }
};

/// Relative paths are of the folder of the Compose files. Error: which setting is wrong.
Result<BackupSettings> backupSettings(const Stack& stack, const Variables& variables);

}  // namespace slipway::ops
