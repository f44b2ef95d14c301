#include "ops/backup/restore.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "ops/backup/cache_clear.hpp"
#include "ops/backup/database_swap.hpp"
#include "ops/backup/dump_reader.hpp"
#include "ops/backup/restore_dump.hpp"
#include "ops/backup/unfinished_restore.hpp"

namespace slipway::ops {

namespace {

class Restoration {
 public:
  Restoration(const Backup& backup, const BackupSettings& settings,
              const DatabaseContainer& database, base::Timestamp now, Steps& steps)
      : backup_(backup), settings_(settings), database_(database), steps_(steps) {
    const auto name = backupName("x", now);
    const auto stamp = base::toLowerAscii(name.substr(name.find('-') + 1));
    fresh_ = prefix("restore") + stamp;
    kept_ = prefix("before") + stamp;
  }

  const std::string& kept() const { return kept_; }

  /// Into a new database, with everything that makes it as good as the old one.
  Result<> fill() {
    if (const auto left = dropAll(prefix("restore"), ""); !left) return left;
    if (const auto made = database_.makeDatabase(fresh_, settings_.database); !made) return made;
    if (const auto restored = restoreDump(backup_, settings_, database_, fresh_, steps_);
        !restored) {
      return restored;
    }
    steps_.begin("analyze", "gather its statistics");
    const auto analyzed = database_.sql(fresh_, "SET statement_timeout = 0;\nANALYZE;\n");
    if (!analyzed) return std::unexpected(analyzed.error());
    steps_.done();
    return {};
  }

  Result<> swap() {
    steps_.begin("swap", fmt::format("{} gets the name {}; what had it is kept as {}", fresh_,
                                     settings_.database, kept_));
    auto swapped = swapDatabases(database_, settings_.database, fresh_, kept_);
    if (swapped) steps_.done();
    return swapped;
  }

  void giveUp() { static_cast<void>(database_.unstoppable().dropDatabase(fresh_)); }

  /// Databases that earlier restores kept; the last one is enough.
  Result<> dropOlder() { return dropAll(prefix("before"), kept_); }

 private:
  std::string prefix(std::string_view what) const {
    return fmt::format("{}_{}_", settings_.database, what);
  }

  Result<> dropAll(const std::string& prefix, const std::string& but) {
    const auto names = databasesNamed(database_, prefix);
    if (!names) return std::unexpected(names.error());
    for (const auto& name : *names) {
      if (name == but) continue;
      if (auto dropped = database_.dropDatabase(name); !dropped) return dropped;
    }
    return {};
  }

  const Backup& backup_;
  const BackupSettings& settings_;
  const DatabaseContainer& database_;
  Steps& steps_;
  std::string fresh_;
  std::string kept_;
};

Result<std::string> makeSafetyBackup(const RestoreRequest& request, Engine& engine,
                                     const base::Clock& clock, Steps& steps) {
  const auto made =
      createBackup({.settings = request.settings, .reason = "before a restore", .prunes = false},
                   engine, clock, steps);
  if (made) return made->backup.manifest.name;
  return std::unexpected(
      fmt::format("no backup of what is there now could be made, so nothing was changed: {}; "
                  "--without-safety-backup restores all the same",
                  made.error()));
}

/// What an earlier one owes; this one may end before it comes to its own.
void finishEarlier(const BackupSettings& settings, Engine& engine, HttpClient& http, Steps& steps) {
  const auto finished = finishRestore(settings, engine, http);
  if (!finished) {
    steps.note(finished.error());
  } else if (!finished->empty()) {
    steps.note(*finished);
  }
}

/// Empty: it is cleared.
std::string clearCacheAtEnd(const BackupSettings& settings, Engine& engine, HttpClient& http,
                            Steps& steps) {
  steps.begin("cache", "clear the cache, which holds the old rows");
  const auto cleared = clearCache(settings, engine, http);
  const auto ended = cleared ? endUnfinished(settings.unfinishedRestore)
                             : Result<>(std::unexpected(cleared.error()));
  if (ended) {
    steps.done(*cleared);
    return {};
  }
  steps.failed(ended.error());
  return fmt::format("the cache was not cleared: {}, or then slipway recover {}", ended.error(),
                     settings.environment);
}

}  // namespace

Result<Restored> restoreBackup(const Backup& backup, const RestoreRequest& request, Engine& engine,
                               HttpClient& http, const base::Clock& clock, Steps& steps) {
  const auto& settings = request.settings;
  const auto fail = [&](const std::string& why) {
    steps.failed(why);
    return std::unexpected(why);
  };
  const auto database = databaseOf(settings, engine);
  if (!database) return fail(database.error());
  steps.begin("read", fmt::format("read {}", backup.dump().string()));
  if (const auto checked = checkBackup(backup, settings, steps); !checked)
    return fail(checked.error());
  steps.done("size and checksums are those of the manifest");

  finishEarlier(settings, engine, http, steps);
  Restored restored;
  const auto isThere = database->hasDatabase(settings.database);
  if (!isThere) return fail(isThere.error());
  if (request.makesSafetyBackup && *isThere) {
    auto name = makeSafetyBackup(request, engine, clock, steps);
    if (!name) return fail(name.error());
    restored.safetyBackup = std::move(*name);
  }

  Restoration restoration(backup, settings, *database, clock.now(), steps);
  auto done = restoration.fill();
  if (done && settings.stopped()) done = std::unexpected("interrupted");
  if (done) {
    done = keepUnfinished(settings.unfinishedRestore,
                          {backup.manifest.name, base::isoTime(clock.now())});
  }
  if (done) done = restoration.swap();
  if (!done) {
    restoration.giveUp();
    static_cast<void>(endUnfinished(settings.unfinishedRestore));
    return fail(done.error());
  }
  if (*isThere) restored.keptDatabase = restoration.kept();

  if (const auto dropped = restoration.dropOlder(); !dropped) {
    restored.toDo.push_back("what earlier restores kept is still there: " + dropped.error());
  }
  auto left = clearCacheAtEnd(settings, engine, http, steps);
  if (!left.empty()) restored.toDo.push_back(std::move(left));
  return restored;
}

}  // namespace slipway::ops
