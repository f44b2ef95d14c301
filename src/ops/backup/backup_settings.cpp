#include "ops/backup/backup_settings.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "ops/files/state_file.hpp"

namespace slipway::ops {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostDays = 3650;

}  // namespace

Result<BackupSettings> backupSettings(const Stack& stack, const Variables& variables) {
  const auto text = readStateFile(stack.files.envFile);
  if (!text) return std::unexpected(text.error());
  const EnvFile env(text->value_or(""));
  const auto value = [&](const std::string& name, const std::string& byDefault) {
    auto found = variables(name);
    if (!found || found->empty()) found = env.find(name);
    return found && !found->empty() ? *found : byDefault;
  };
  const auto path = [&](const std::string& name) {
    const auto given = value(name, "");
    return given.empty() ? fs::path() : (stack.files.folder / given).lexically_normal();
  };
  const auto days = base::parseUnsigned(value("BACKUP_KEEP_DAYS", "7"));
  if (!days || *days == 0 || *days > kMostDays) {
    return std::unexpected(
        fmt::format("BACKUP_KEEP_DAYS: it is no number from 1 to {}", kMostDays));
  }
  BackupSettings settings{.environment = stack.environment, .project = stack.project};
  settings.folder =
      (stack.files.folder / value("BACKUP_DIR", "backups/" + stack.environment)).lexically_normal();
  settings.metrics = stack.metrics();
  settings.unfinishedRestore = stack.unfinishedRestore();
  settings.recipients = path("BACKUP_RECIPIENTS_FILE");
  settings.identity = path("BACKUP_IDENTITY_FILE");
  settings.copyTo = value("BACKUP_COPY_TO", "");
  settings.rcloneConfig = path("BACKUP_RCLONE_CONFIG");
  settings.keep = std::chrono::days(*days);
  settings.databaseImage = value("POSTGRES_IMAGE", "slipway/postgres:17");
  settings.serviceImage = stack.image(value("VERSION", "latest"));
  return settings;
}

}  // namespace slipway::ops
