// The embedded database of the whole process: one file, a thread that writes and a thread that
// reads (in WAL mode they don't block each other). Shared by all event loops, each of which talks
// to it through its own SqliteDatabase; must outlive them. Thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "platform/migrations.hpp"
#include "platform/sqlite/named_locks.hpp"
#include "platform/sqlite/sqlite_options.hpp"
#include "platform/sqlite/sqlite_worker.hpp"

namespace slipway::platform {

/// For db_pool_connections{state}: a connection is idle or busy; calls wait for one.
struct SqlitePoolFigures {
  std::size_t connections = 0;
  std::size_t busy = 0;
  std::size_t waiting = 0;
};

class SqliteEngine {
 public:
  /// Opens or creates the database. Throws std::runtime_error that names the file and says what
  /// to do about it.
  explicit SqliteEngine(SqliteOptions options);

  /// Brings the schema up to date and returns the names of what was applied. Waits for another
  /// process that is doing the same. Throws std::runtime_error when a migration fails, was changed
  /// after it was applied, or when the schema is too new for this program.
  std::vector<std::string> migrate(std::span<const Migration> migrations,
                                   std::string_view serviceVersion, base::Timestamp now);

  SqlitePoolFigures figures() const;

  // For SqliteDatabase.
  const SqliteOptions& options() const { return options_; }
  SqliteWorker& writer() { return *writer_; }
  SqliteWorker& reader() { return reader_ ? *reader_ : *writer_; }
  NamedLocks& locks() { return locks_; }

 private:
  const SqliteOptions options_;
  NamedLocks locks_;
  std::unique_ptr<SqliteWorker> writer_;
  std::unique_ptr<SqliteWorker> reader_;  // null in memory: such a database has one connection
};

}  // namespace slipway::platform
