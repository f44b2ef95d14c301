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
#include "platform/sql_engine.hpp"
#include "platform/sqlite/named_locks.hpp"
#include "platform/sqlite/sqlite_options.hpp"
#include "platform/sqlite/sqlite_worker.hpp"

namespace slipway::platform {

class SqliteEngine final : public SqlEngine {
 public:
  /// Opens or creates the database. Throws std::runtime_error that names the file and says what
  /// to do about it.
  explicit SqliteEngine(SqliteOptions options);

  std::unique_ptr<Database> open(net::asio::io_context& loop) override;
  std::vector<std::string> migrateUpTo(std::int64_t last, std::string_view serviceVersion,
                                       base::Timestamp now) override;
  SchemaState schema(std::string_view serviceVersion) override;
  PoolFigures figures() const override;

  using SqlEngine::migrate;
  /// migrate() with other migrations than the program's.
  std::vector<std::string> migrate(std::span<const Migration> migrations,
                                   std::string_view serviceVersion, base::Timestamp now);

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
