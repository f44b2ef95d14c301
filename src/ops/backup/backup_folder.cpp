#include "ops/backup/backup_folder.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "base/time.hpp"
#include "ops/files/file_failure.hpp"
#include "ops/files/state_file.hpp"

namespace slipway::ops {

namespace {

namespace fs = std::filesystem;

Result<Backup> readBackup(const fs::path& manifest) {
  const auto text = readStateFile(manifest);
  if (!text) return std::unexpected(text.error());
  if (!*text) {
    return std::unexpected(fmt::format(
        "{} is not there: only a backup with its manifest can be trusted", manifest.string()));
  }
  auto read = readManifest(**text);
  if (!read) return std::unexpected(fmt::format("{}: {}", manifest.string(), read.error()));
  if (read->manifestFile() != manifest.filename()) {
    return std::unexpected(fmt::format("{} is the manifest of {}", manifest.string(), read->name));
  }
  return Backup{manifest.parent_path(), std::move(*read)};
}

fs::path manifestOf(const fs::path& given) {
  auto path = given;
  if (path.extension() == ".age") path.replace_extension();
  if (path.extension() == ".dump") path.replace_extension(".json");
  if (path.extension() != ".json") path += ".json";
  return path;
}

Result<Backup> latest(const BackupSettings& settings) {
  auto list = listBackups(settings.folder, settings.environment);
  if (!list.backups.empty()) return std::move(list.backups.front());
  return std::unexpected(fmt::format("{} holds no backup: slipway backup create {}",
                                     settings.folder.string(), settings.environment));
}

}  // namespace

bool Backup::looksWhole() const {
  std::error_code ec;
  return fs::file_size(dump(), ec) == manifest.fileBytes && !ec;
}

BackupList listBackups(const fs::path& folder, std::string_view environment) {
  BackupList list;
  std::error_code ec;
  std::vector<fs::path> dumps;
  for (const auto& entry : fs::directory_iterator(folder, ec)) {
    const auto& path = entry.path();
    const auto name = path.filename().string();
    if (!name.starts_with(std::string(environment) + "-")) continue;
    if (path.extension() == ".json") {
      auto backup = readBackup(path);
      if (backup) {
        list.backups.push_back(std::move(*backup));
      } else {
        list.problems.push_back(backup.error());
      }
    } else if (name.ends_with(".dump") || name.ends_with(".dump.age")) {
      dumps.push_back(path);
    }
  }
  for (const auto& dump : dumps) {
    if (!fs::exists(manifestOf(dump), ec)) {
      list.problems.push_back(fmt::format("{} has no manifest beside it", dump.string()));
    }
  }
  std::ranges::sort(list.backups, std::ranges::greater{},
                    [](const Backup& backup) { return backup.manifest.name; });
  std::ranges::sort(list.problems);
  return list;
}

Result<Backup> findBackup(const BackupSettings& settings, const std::string& name,
                          bool anyEnvironment) {
  const bool isPath = name.find('/') != std::string::npos;
  auto found = name == "latest"
                   ? latest(settings)
                   : readBackup(manifestOf(isPath ? fs::path(name) : settings.folder / name));
  if (!found || anyEnvironment || found->manifest.environment == settings.environment) return found;
  return std::unexpected(
      fmt::format("{} is a backup of {}, not of {}: --from-other-environment takes it all the same",
                  found->manifest.name, found->manifest.environment, settings.environment));
}

std::string freeBackupName(const fs::path& folder, std::string_view environment,
                           base::Timestamp now) {
  const auto isTaken = [&](const std::string& name) {
    return std::ranges::any_of(std::array{".json", ".dump", ".dump.age"}, [&](const char* ending) {
      std::error_code ec;
      return fs::exists(fs::symlink_status(folder / (name + ending), ec));
    });
  };
  auto name = backupName(environment, now);
  while (isTaken(name)) name = backupName(environment, now += std::chrono::seconds{1});
  return name;
}

Result<OperationLock> lockBackups(const BackupSettings& settings, std::string what) {
  std::error_code ec;
  const bool isNew = fs::create_directories(settings.folder, ec);
  if (ec) {
    return std::unexpected(
        fmt::format("cannot make {}: {}", settings.folder.string(), ec.message()));
  }
  // All that is in it belongs to the service's users.
  if (isNew && chmod(settings.folder.c_str(), S_IRWXU) != 0) {
    return fileFailure("set the mode of", settings.folder);
  }
  return OperationLock::take(settings.lock(), {.who = fmt::format("uid {}", getuid()),
                                               .host = "this host",
                                               .what = std::move(what),
                                               .since = base::isoTime(base::systemClock().now()),
                                               .pid = getpid()});
}

void removeLeftovers(const fs::path& folder) {
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(folder, ec)) {
    if (!entry.path().filename().string().starts_with(kUnfinishedPrefix)) continue;
    std::error_code ignored;
    fs::remove(entry.path(), ignored);
  }
}

}  // namespace slipway::ops
