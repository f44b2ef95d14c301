#include "ops/backup/create.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.hpp"
#include "base/version.hpp"
#include "ops/backup/backup_figures.hpp"
#include "ops/backup/copy_target.hpp"
#include "ops/backup/dump_reader.hpp"
#include "ops/backup/retention.hpp"
#include "ops/backup/snapshot_session.hpp"
#include "ops/files/file_digest.hpp"
#include "ops/files/file_failure.hpp"
#include "ops/files/temporary_file.hpp"

namespace slipway::ops {

namespace {

namespace fs = std::filesystem;

/// A file that goes away with this object unless it was given its name.
class UnfinishedFile {
 public:
  UnfinishedFile(const fs::path& folder, const std::string& name)
      : path_(folder / (std::string(kUnfinishedPrefix) + name)),
        descriptor_(open(path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                         S_IRUSR | S_IWUSR)) {}
  ~UnfinishedFile() {
    if (descriptor_ < 0) return;
    close(descriptor_);
    unlink(path_.c_str());
  }
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;

  bool isOpen() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }
  const fs::path& path() const { return path_; }

  Result<> finish(const fs::path& name) {
    if (fsync(descriptor_) != 0) return fileFailure("write", path_);
    // Unlike rename, link never replaces what is there.
    if (link(path_.c_str(), name.c_str()) != 0) return fileFailure("write", name);
    syncFolder(name.parent_path());
    return {};
  }

 private:
  fs::path path_;
  int descriptor_;
};

/// Where the dump goes: the file, or age, which writes the file.
class DumpSink {
 public:
  static Result<DumpSink> open(const UnfinishedFile& file, const BackupSettings& settings) {
    DumpSink sink(file);
    if (settings.recipients.empty()) return sink;
    auto age = ChildProcess::start(
        {.arguments = {"age", "--encrypt", "--recipients-file", settings.recipients.string()},
         .hasInput = true,
         .outputTo = file.descriptor(),
         .timeout = settings.limit,
         .stopped = settings.stopped});
    if (!age) return std::unexpected(age.error());
    sink.age_.emplace(std::move(*age));
    return sink;
  }

  Result<> write(std::string_view piece) {
    if (age_) {
      auto written = age_->write(piece);
      if (written) return {};
      const auto ended = age_->finish();
      return ended ? written : ended;
    }
    if (writeAll(file_.descriptor(), piece)) return {};
    return fileFailure("write", file_.path());
  }
  Result<> finish() { return age_ ? age_->finish() : Result<>(); }

 private:
  explicit DumpSink(const UnfinishedFile& file) : file_(file) {}

  const UnfinishedFile& file_;
  std::optional<ChildProcess> age_;
};

class Creation {
 public:
  Creation(const CreateRequest& request, const DatabaseContainer& database,
           const base::Clock& clock, Steps& steps)
      : settings_(request.settings), database_(database), steps_(steps) {
    const auto now = clock.now();
    manifest_ = {.name = freeBackupName(settings_.folder, settings_.environment, now),
                 .environment = settings_.environment,
                 .database = settings_.database,
                 .madeAt = base::isoTime(now),
                 .reason = request.reason,
                 .program = fmt::format("slipway {}", base::kVersion),
                 .isEncrypted = !settings_.recipients.empty()};
  }

  Result<Backup> run() {
    UnfinishedFile file(settings_.folder, manifest_.dumpFile());
    if (!file.isOpen()) return fileFailure("write", file.path());
    if (const auto dumped = dump(file); !dumped) return std::unexpected(dumped.error());
    if (const auto measured = measure(file); !measured) return std::unexpected(measured.error());
    return publish(file);
  }

 private:
  Result<> dump(const UnfinishedFile& file) {
    auto session = SnapshotSession::open(database_, settings_.database);
    if (!session) return std::unexpected(session.error());
    manifest_.server = session->server();
    steps_.begin("dump", fmt::format("dump {} ({}), PostgreSQL {}", settings_.database,
                                     sizeInWords(session->databaseBytes()), session->server()));
    auto dumper = ChildProcess::start(
        database_.dump(settings_.database, session->snapshot(), session->serverVersion()));
    if (!dumper) return std::unexpected(dumper.error());
    if (auto moved = moveDump(*dumper, file); !moved) return moved;
    steps_.done(sizeInWords(manifest_.dumpBytes));
    steps_.begin("count", "count the rows of the same snapshot");
    auto sums = session->tableSums();
    if (!sums) return std::unexpected(sums.error());
    manifest_.tables = std::move(*sums);
    auto roles = session->roles();
    if (!roles) return std::unexpected(roles.error());
    manifest_.roles = std::move(*roles);
    if (auto closed = session->close(); !closed) return closed;
    steps_.done(
        fmt::format("{} rows in {} tables", rowsIn(manifest_.tables), manifest_.tables.size()));
    return {};
  }

  Result<> moveDump(ChildProcess& dumper, const UnfinishedFile& file) {
    auto sink = DumpSink::open(file, settings_);
    if (!sink) return std::unexpected(sink.error());
    base::Digest digest;
    std::string head;
    while (true) {
      const auto piece = dumper.read();
      if (!piece) return std::unexpected(piece.error());
      if (piece->empty()) break;
      if (head.size() < kDumpMagic.size()) head += piece->substr(0, kDumpMagic.size());
      digest.add(*piece);
      manifest_.dumpBytes += piece->size();
      if (auto written = sink->write(*piece); !written) return written;
      steps_.moved(manifest_.dumpBytes);
    }
    if (auto finished = dumper.finish(); !finished) return finished;
    if (!head.starts_with(kDumpMagic))
      return std::unexpected("pg_dump gave something that is no dump");
    manifest_.dumpSha256 = digest.hex();
    return sink->finish();
  }

  /// Reads the file again: what counts is what is in it.
  Result<> measure(const UnfinishedFile& file) {
    struct stat found{};
    if (fstat(file.descriptor(), &found) != 0 || found.st_size == 0) {
      return fileFailure("read", file.path());
    }
    manifest_.fileBytes = static_cast<std::uint64_t>(found.st_size);
    auto sum = sha256OfFile(file.path(), settings_.stopped);
    if (!sum) return std::unexpected(sum.error());
    manifest_.fileSha256 = std::move(*sum);
    return {};
  }

  Result<Backup> publish(UnfinishedFile& file) {
    Backup backup{settings_.folder, manifest_};
    UnfinishedFile manifest(settings_.folder, manifest_.manifestFile());
    if (!manifest.isOpen() || !writeAll(manifest.descriptor(), toJson(manifest_).dump() + "\n")) {
      return fileFailure("write", manifest.path());
    }
    if (settings_.stopped()) return std::unexpected("interrupted");
    if (auto named = file.finish(backup.dump()); !named) return std::unexpected(named.error());
    if (auto named = manifest.finish(backup.manifestFile()); !named) {
      unlink(backup.dump().c_str());
      return std::unexpected(named.error());
    }
    return backup;
  }

  const BackupSettings& settings_;
  const DatabaseContainer& database_;
  Steps& steps_;
  Manifest manifest_;
};

}  // namespace

Result<DatabaseContainer> databaseOf(const BackupSettings& settings, Engine& engine) {
  if (settings.findDatabase) {
    const auto found = settings.findDatabase();
    if (!found) return std::unexpected(found.error());
    return DatabaseContainer(*found, settings.limit, settings.stopped);
  }
  const auto containers = engine.containers(settings.project);
  if (!containers) return std::unexpected(containers.error());
  for (const auto& container : *containers) {
    if (container.service == "db" && !container.isOneOff && container.isRunning()) {
      return DatabaseContainer(container.id, settings.limit, settings.stopped);
    }
  }
  return std::unexpected(fmt::format(
      "the database of {} does not run: docker compose ... up --detach db", settings.project));
}

Result<Created> createBackup(const CreateRequest& request, Engine& engine, const base::Clock& clock,
                             Steps& steps) {
  const auto& settings = request.settings;
  const auto lock = lockBackups(settings, "slipway backup create " + settings.environment);
  if (!lock) return std::unexpected(lock.error());
  removeLeftovers(settings.folder);
  const auto database = databaseOf(settings, engine);
  if (!database) return std::unexpected(database.error());
  const auto begun = clock.now();
  auto made = Creation(request, *database, clock, steps).run();
  if (!made) {
    database->endOurSessions();
    steps.failed(made.error());
    return std::unexpected(made.error());
  }
  if (const auto told = tellBackupMade(settings.metrics, begun); !told) {
    steps.note("monitoring is not told of it: " + told.error());
  }
  Created created{.backup = std::move(*made), .notCopied = {}};
  if (!settings.copyTo.empty()) {
    steps.begin("copy", "copy it to " + settings.copyTo);
    if (const auto copied = copyBackup(created.backup, settings); !copied) {
      created.notCopied = copied.error();
      steps.failed(created.notCopied);
    }
    steps.done();
  }
  if (!request.prunes) return created;
  const auto pruned = prune(settings, clock.now(), false, steps);
  if (!pruned) steps.note("old backups are left: " + pruned.error());
  if (pruned && !pruned->names.empty()) {
    steps.note(fmt::format("deleted as older than {} days: {}", settings.keep.count(),
                           fmt::join(pruned->names, ", ")));
  }
  return created;
}

}  // namespace slipway::ops
