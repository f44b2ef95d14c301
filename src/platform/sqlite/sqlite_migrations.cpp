#include "platform/sqlite/sqlite_migrations.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>
#include <sqlite3.h>

#include <optional>
#include <stdexcept>
#include <utility>

#include "platform/sql_engine.hpp"

namespace slipway::platform {

namespace {

constexpr const char* kCreateTable =
    "CREATE TABLE IF NOT EXISTS schema_migrations ("
    "number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, "
    "oldest_service TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT";

/// A write transaction; not the library's, which can't begin IMMEDIATE in every supported version.
class WriteTransaction {
 public:
  explicit WriteTransaction(SQLite::Database& database) : database_(database) {
    database_.exec("BEGIN IMMEDIATE");
  }
  ~WriteTransaction() {
    if (sqlite3_get_autocommit(database_.getHandle()) == 0) database_.tryExec("ROLLBACK");
  }
  WriteTransaction(const WriteTransaction&) = delete;
  WriteTransaction& operator=(const WriteTransaction&) = delete;
  void commit() { database_.exec("COMMIT"); }

 private:
  SQLite::Database& database_;
};

std::vector<AppliedMigration> readApplied(SQLite::Database& database) {
  std::vector<AppliedMigration> applied;
  SQLite::Statement query(database,
                          "SELECT number, name, checksum, oldest_service FROM schema_migrations "
                          "ORDER BY number");
  while (query.executeStep()) {
    applied.push_back({query.getColumn(0).getInt64(), query.getColumn(1).getString(),
                       query.getColumn(2).getString(), query.getColumn(3).getString()});
  }
  return applied;
}

void record(SQLite::Database& database, const Migration& migration, base::Timestamp now) {
  SQLite::Statement insert(database,
                           "INSERT INTO schema_migrations "
                           "(number, name, checksum, oldest_service, applied_at) "
                           "VALUES (?, ?, ?, ?, ?)");
  insert.bind(1, static_cast<int64_t>(migration.number));
  insert.bind(2, std::string(migration.name));
  insert.bind(3, migration.checksum);
  insert.bind(4, migration.oldestService);
  insert.bind(5, static_cast<int64_t>(now.time_since_epoch().count()));
  insert.exec();
}

/// Applies the first migration that is missing; empty when none is. It looks again inside each
/// transaction because another process may have been faster.
std::optional<std::string> applyNext(SQLite::Database& database,
                                     std::span<const Migration> migrations,
                                     std::string_view serviceVersion, base::Timestamp now) {
  WriteTransaction transaction(database);
  database.exec(kCreateTable);
  const auto pending = pendingMigrations(migrations, readApplied(database), serviceVersion);
  if (!pending) throw std::runtime_error(pending.error());
  if (pending->empty()) {
    transaction.commit();
    return std::nullopt;
  }
  const Migration& next = pending->front();
  try {
    database.exec(std::string(next.sql));
    record(database, next, now);
    transaction.commit();
  } catch (const SQLite::Exception& error) {
    throw std::runtime_error(
        fmt::format("Migration {} failed: {}. Nothing of it was kept.", next.name, error.what()));
  }
  return std::string(next.name);
}

}  // namespace

SchemaState sqliteSchema(SQLite::Database& database, std::span<const Migration> migrations,
                         std::string_view serviceVersion) {
  std::vector<AppliedMigration> applied;
  try {
    if (database.tableExists("schema_migrations")) applied = readApplied(database);
  } catch (const SQLite::Exception& error) {
    throw DatabaseUnavailable(fmt::format("Can't read the database's schema: {}", error.what()));
  }
  auto pending = pendingMigrations(migrations, applied, serviceVersion);
  if (!pending) throw std::runtime_error(pending.error());
  return {std::move(*pending), oldestService(applied)};
}

std::vector<std::string> migrateSqlite(SQLite::Database& database,
                                       std::span<const Migration> migrations,
                                       std::string_view serviceVersion, base::Timestamp now) {
  std::vector<std::string> applied;
  try {
    while (auto name = applyNext(database, migrations, serviceVersion, now)) {
      applied.push_back(std::move(*name));
    }
  } catch (const SQLite::Exception& error) {
    throw std::runtime_error(
        fmt::format("Can't bring the database's schema up to date: {}", error.what()));
  }
  return applied;
}

}  // namespace slipway::platform
