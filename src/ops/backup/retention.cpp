#include "ops/backup/retention.hpp"

#include <fmt/format.h>

#include "ops/backup/copy_target.hpp"
#include "ops/files/file_digest.hpp"

namespace slipway::ops {

namespace {

bool hasItsChecksum(const Backup& backup, const BackupSettings& settings) {
  if (!backup.looksWhole()) return false;
  const auto sum = sha256OfFile(backup.dump(), settings.stopped);
  return sum && *sum == backup.manifest.fileSha256;
}

/// The manifest first: what is left when this is cut short does not look like a backup.
Result<> removeFiles(const Backup& backup) {
  for (const auto& file : {backup.manifestFile(), backup.dump()}) {
    std::error_code ec;
    std::filesystem::remove(file, ec);
    if (ec) {
      return std::unexpected(fmt::format("cannot remove {}: {}", file.string(), ec.message()));
    }
  }
  return {};
}

}  // namespace

std::vector<Backup> expired(const std::vector<Backup>& backups, base::Timestamp now,
                            std::chrono::days keep,
                            const std::function<bool(const Backup&)>& isGood) {
  std::vector<Backup> old;
  for (const auto& backup : backups) {
    const auto time = timeOfBackup(backup.manifest.name);
    if (time && *time < now - keep) old.push_back(backup);
  }
  if (old.empty()) return old;
  for (const auto& backup : backups) {
    if (!isGood(backup)) continue;
    std::erase_if(old,
                  [&](const Backup& other) { return other.manifest.name == backup.manifest.name; });
    return old;
  }
  return {};  // none is good: nobody can tell which one may still be of use
}

Result<Pruned> prune(const BackupSettings& settings, base::Timestamp now, bool isDryRun,
                     Steps& steps) {
  const auto list = listBackups(settings.folder, settings.environment);
  const auto old = expired(list.backups, now, settings.keep,
                           [&](const Backup& backup) { return hasItsChecksum(backup, settings); });
  if (settings.stopped()) return std::unexpected("interrupted");
  Pruned pruned;
  for (const auto& backup : old) {
    pruned.names.push_back(backup.manifest.name);
    if (isDryRun) continue;
    if (const auto removed = removeFiles(backup); !removed) return std::unexpected(removed.error());
    if (settings.copyTo.empty()) continue;
    if (const auto removed = removeCopy(backup, settings); !removed) {
      pruned.problems.push_back(
          fmt::format("the copy of {} is left: {}", backup.manifest.name, removed.error()));
    }
  }
  for (const auto& problem : pruned.problems) steps.note(problem);
  return pruned;
}

}  // namespace slipway::ops
