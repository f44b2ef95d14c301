// Schema changes: numbered SQL files that are part of the program, applied once each and in order;
// the database remembers which. Pure functions; each SQL engine has a runner of its own that keeps
// the table `schema_migrations`. See docs/decisions/migrations.md.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/embedded_file.hpp"

namespace slipway::platform {

struct Migration {
  std::int64_t number = 0;  // 1, 2, 3 ... without gaps
  std::string_view name;    // of the file
  std::string_view sql;
  std::string checksum;       // SHA-256 of the SQL, hexadecimal
  std::string oldestService;  // the oldest version that still runs on this schema: "0.1.0"
  /// It only takes away what this version has no use for: a service runs without it, so that it
  /// can wait until older versions are gone.
  bool isContract = false;
};

/// What the database says it has.
struct AppliedMigration {
  std::int64_t number = 0;
  std::string name;
  std::string checksum;
  std::string oldestService;
};

/// How a database's schema stands to what a program wants.
struct SchemaState {
  std::vector<Migration> pending;  // in order
  std::string oldestService;       // that runs on the schema as it is; empty: any
};

/// Reads `NNNN_name.sql` files with a line `-- oldest-service: X.Y.Z`, and `-- phase: contract` in
/// some, in any order. Throws
/// std::logic_error when one is malformed or a number is missing: the program was built wrong.
std::vector<Migration> readMigrations(std::span<const base::EmbeddedFile> files);

/// Those with that number or a lower one.
std::vector<Migration> upTo(std::int64_t last, std::vector<Migration> migrations);

/// The program's own, for each engine.
std::vector<Migration> sqliteMigrations();
std::vector<Migration> postgresMigrations();

/// What is still to be applied, in order. Error, with what to do: a migration was changed after it
/// was applied, or the schema is too new for `serviceVersion`. A newer schema on which this
/// version still runs is fine: so a deploy can be rolled back.
std::expected<std::vector<Migration>, std::string> pendingMigrations(
    std::span<const Migration> known, std::span<const AppliedMigration> applied,
    std::string_view serviceVersion);

/// Of `pending`, in order, those that leave a schema on which a service of the version `running`
/// still runs; from the first that does not on, all wait. Error: one that waits is needed at once,
/// as it is no contract migration: so this version can't be deployed beside `running`.
std::expected<std::vector<Migration>, std::string> applicableBeside(
    std::span<const Migration> pending, std::string_view running);

/// The oldest version of the service that runs on a schema with these; empty when any does.
std::string oldestService(std::span<const AppliedMigration> applied);

/// Those without which no service of this version runs: all up to the last that is no contract
/// migration.
std::vector<Migration> needed(std::span<const Migration> pending);

}  // namespace slipway::platform
