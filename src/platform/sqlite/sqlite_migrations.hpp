// Applies migrations to an SQLite database. Synchronous: used at start-up and by `migrate`.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "platform/migrations.hpp"

namespace SQLite {
class Database;
}

namespace slipway::platform {

/// Applies what is missing, one transaction each, and returns its names. Several processes may do
/// so at once: the write lock lets one through at a time and the others find the work done. Throws
/// std::runtime_error that says what to do; what was applied before stays.
std::vector<std::string> migrateSqlite(SQLite::Database& database,
                                       std::span<const Migration> migrations,
                                       std::string_view serviceVersion, base::Timestamp now);

/// Throws as migrateSqlite() does.
SchemaState sqliteSchema(SQLite::Database& database, std::span<const Migration> migrations,
                         std::string_view serviceVersion);

}  // namespace slipway::platform
