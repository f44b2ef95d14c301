#include "ops/backup/copy_target.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "ops/files/file_digest.hpp"
#include "ops/files/file_failure.hpp"
#include "ops/files/temporary_file.hpp"
#include "ops/process/child_process.hpp"

namespace slipway::ops {

namespace {

namespace fs = std::filesystem;

bool isRemote(const std::string& target) {
  const auto colon = target.find(':');
  return colon != std::string::npos && target.find('/') >= colon;
}

Result<> copyToFolder(const fs::path& from, const fs::path& to) {
  std::error_code ec;
  fs::create_directories(to.parent_path(), ec);
  const TemporaryFile file(to);
  if (!file.isOpen()) {
    return fileFailure("write beside", to);
  }
  bool written = true;
  const auto read = readInPieces(from, [&](std::string_view piece) {
    written = writeAll(file.descriptor(), piece);
    return written;
  });
  if (!read) return read;
  if (!written || fsync(file.descriptor()) != 0 || rename(file.path(), to.c_str()) != 0) {
    return fileFailure("write", to);
  }
  syncFolder(to.parent_path());
  return {};
}

Result<> runRclone(const BackupSettings& settings, std::vector<std::string> arguments) {
  auto rclone = ChildProcess::start({.arguments = rcloneCommand(settings, std::move(arguments)),
                                     .timeout = settings.limit,
                                     .stopped = settings.stopped});
  if (!rclone) return std::unexpected(rclone.error());
  return rclone->finish();
}

std::string remoteFile(const BackupSettings& settings, const std::string& name) {
  const auto& target = settings.copyTo;
  const bool ends = target.ends_with('/') || target.ends_with(':');
  return target + (ends ? "" : "/") + name;
}

Result<> copyFile(const fs::path& from, const BackupSettings& settings) {
  const auto name = from.filename().string();
  if (!isRemote(settings.copyTo)) return copyToFolder(from, fs::path(settings.copyTo) / name);
  return runRclone(settings, {"copyto", from.string(), remoteFile(settings, name)});
}

Result<> removeFile(const std::string& name, const BackupSettings& settings) {
  if (isRemote(settings.copyTo)) {
    // `delete` of what matches: what is not there is no error, as it is to `deletefile`.
    return runRclone(settings, {"delete", settings.copyTo, "--include", "/" + name});
  }
  std::error_code ec;
  fs::remove(fs::path(settings.copyTo) / name, ec);
  if (!ec) return {};
  return std::unexpected(
      fmt::format("cannot remove {}/{}: {}", settings.copyTo, name, ec.message()));
}

}  // namespace

std::vector<std::string> rcloneCommand(const BackupSettings& settings,
                                       std::vector<std::string> arguments) {
  std::vector<std::string> command{"rclone"};
  if (!settings.rcloneConfig.empty()) {
    command.insert(command.end(), {"--config", settings.rcloneConfig.string()});
  }
  // With more of the second kind S3 tries for minutes to reach who refuses the connection.
  command.insert(command.end(), {"--retries", "3", "--low-level-retries", "3", "--contimeout",
                                 "15s", "--timeout", "60s"});
  std::ranges::move(arguments, std::back_inserter(command));
  return command;
}

Result<> copyBackup(const Backup& backup, const BackupSettings& settings) {
  if (auto copied = copyFile(backup.dump(), settings); !copied) return copied;
  return copyFile(backup.manifestFile(), settings);
}

Result<> removeCopy(const Backup& backup, const BackupSettings& settings) {
  if (auto removed = removeFile(backup.manifest.manifestFile(), settings); !removed) return removed;
  return removeFile(backup.manifest.dumpFile(), settings);
}

}  // namespace slipway::ops
