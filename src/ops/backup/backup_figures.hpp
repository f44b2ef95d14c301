// What monitoring knows of backups: files in Prometheus' text format in the folder metrics of the
// stack's state, which node-exporter reads. One file a figure, replaced as a whole. Times are UTC.
#pragma once

#include <filesystem>

#include "base/time.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

/// slipway_backup_last_success_timestamp_seconds: `snapshot` is the moment that the backup shows.
Result<> tellBackupMade(const std::filesystem::path& folder, base::Timestamp snapshot);

/// slipway_backup_last_verified_timestamp_seconds: when a backup of this stack was restored on
/// trial.
Result<> tellBackupVerified(const std::filesystem::path& folder, base::Timestamp when);

}  // namespace slipway::ops
