#include "ops/backup/backup_figures.hpp"

#include "ops/files/figure_file.hpp"

namespace slipway::ops {

Result<> tellBackupMade(const std::filesystem::path& folder, base::Timestamp snapshot) {
  return writeFigure(folder / "backup-made.prom",
                     {.name = "slipway_backup_last_success_timestamp_seconds",
                      .help = "When the last backup was made."},
                     snapshot);
}

Result<> tellBackupVerified(const std::filesystem::path& folder, base::Timestamp when) {
  return writeFigure(folder / "backup-verified.prom",
                     {.name = "slipway_backup_last_verified_timestamp_seconds",
                      .help = "When the last backup was restored on trial."},
                     when);
}

}  // namespace slipway::ops
