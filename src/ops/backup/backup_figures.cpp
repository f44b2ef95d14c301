#include "ops/backup/backup_figures.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string_view>

#include "ops/files/state_file.hpp"

namespace slipway::ops {

namespace {

Result<> write(const std::filesystem::path& file, std::string_view name, std::string_view help,
               base::Timestamp time) {
  if (const auto made = makeFolders(file.parent_path()); !made) return made;
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
  return replaceFile(
      file, fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n{0} {2}\n", name, help, seconds));
}

}  // namespace

Result<> tellBackupMade(const std::filesystem::path& folder, base::Timestamp snapshot) {
  return write(folder / "backup-made.prom", "slipway_backup_last_success_timestamp_seconds",
               "When the last backup was made.", snapshot);
}

Result<> tellBackupVerified(const std::filesystem::path& folder, base::Timestamp when) {
  return write(folder / "backup-verified.prom", "slipway_backup_last_verified_timestamp_seconds",
               "When the last backup was restored on trial.", when);
}

}  // namespace slipway::ops
