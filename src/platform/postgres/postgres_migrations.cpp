#include "platform/postgres/postgres_migrations.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <utility>

#include "platform/postgres/postgres_blocking.hpp"

namespace slipway::platform {

namespace {

constexpr const char* kTableExists = "SELECT to_regclass('schema_migrations') IS NOT NULL";
// Default privileges may let others write to what the owner makes: to this nobody else.
constexpr const char* kCreateTable = R"(
CREATE TABLE schema_migrations (
  number bigint PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,
  oldest_service text NOT NULL, applied_at timestamptz NOT NULL);
DO $$
DECLARE who name;
BEGIN
  FOR who IN SELECT DISTINCT grantee::name FROM information_schema.role_table_grants
             WHERE table_schema = current_schema() AND table_name = 'schema_migrations'
               AND grantee NOT IN (current_user, 'PUBLIC') LOOP
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON schema_migrations FROM %I', who);
  END LOOP;
END $$)";
constexpr const char* kReadApplied =
    "SELECT number, name, checksum, oldest_service FROM schema_migrations ORDER BY number";
constexpr const char* kRecord =
    "INSERT INTO schema_migrations (number, name, checksum, oldest_service, applied_at) VALUES "
    "($1::bigint, $2, $3, $4, 'epoch'::timestamptz + $5::bigint * interval '1 microsecond')";
// Of the transaction, not of the session: behind a pooler it is released all the same.
constexpr const char* kLock =
    "SELECT pg_advisory_xact_lock(hashtextextended('slipway.schema_migrations', 0))";
// A migration that waits for a table's lock holds up everybody behind it: it gives up early.
constexpr const char* kMigrationLimits = "SET LOCAL lock_timeout = '10s'";

bool tableExists(PostgresBlocking& client, PostgresBlocking::Limit limit = {}) {
  const auto result = client.run(kTableExists, {}, limit);
  return std::strcmp(PQgetvalue(result.get(), 0, 0), "t") == 0;
}

std::vector<AppliedMigration> readApplied(PostgresBlocking& client,
                                          PostgresBlocking::Limit limit = {}) {
  const auto result = client.run(kReadApplied, {}, limit);
  std::vector<AppliedMigration> applied;
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    const auto text = [&](int column) {
      return std::string(PQgetvalue(result.get(), row, column));
    };
    AppliedMigration& migration = applied.emplace_back();
    const auto number = text(0);
    std::from_chars(number.data(), number.data() + number.size(), migration.number);
    migration.name = text(1);
    migration.checksum = text(2);
    migration.oldestService = text(3);
  }
  return applied;
}

std::vector<Migration> missing(std::span<const Migration> migrations,
                               std::span<const AppliedMigration> applied,
                               std::string_view serviceVersion) {
  auto pending = pendingMigrations(migrations, applied, serviceVersion);
  if (!pending) throw std::runtime_error(pending.error());
  return std::move(*pending);
}

void apply(PostgresBlocking& client, const Migration& migration, base::Timestamp now) {
  try {
    client.run(kMigrationLimits);
    client.run(std::string(migration.sql));
    client.run(kRecord,
               {std::to_string(migration.number), std::string(migration.name), migration.checksum,
                migration.oldestService, std::to_string(now.time_since_epoch().count())});
    client.run("COMMIT");
  } catch (const PostgresFailure& failure) {
    const auto message = fmt::format("Migration {} failed: {}. Nothing of it was kept.",
                                     migration.name, failure.what());
    throw PostgresFailure(failure.kind, message);
  }
}

/// Applies the first migration that is missing; nothing when none is. In one transaction with the
/// lock, since another process may have been faster.
std::optional<std::string> applyNext(PostgresBlocking& client, const PostgresOptions& options,
                                     std::span<const Migration> migrations,
                                     std::string_view serviceVersion, base::Timestamp now) {
  client.run("BEGIN");
  client.run("SET LOCAL statement_timeout = 0");
  client.run(fmt::format("SET LOCAL lock_timeout = {}", options.migrationWait.count()));
  client.run(kLock, {}, options.migrationWait + options.answerTimeout());
  if (!tableExists(client)) client.run(kCreateTable);
  const auto pending = missing(migrations, readApplied(client), serviceVersion);
  if (pending.empty()) {
    client.run("COMMIT");
    return std::nullopt;
  }
  apply(client, pending.front(), now);
  return std::string(pending.front().name);
}

/// What SqlEngine promises to throw.
[[noreturn]] void report(const PostgresFailure& failure) {
  const auto message =
      fmt::format("Can't bring the database's schema up to date: {}", failure.what());
  const bool mayPass =
      failure.kind == SqlError::Kind::Unavailable || failure.kind == SqlError::Kind::Timeout;
  if (mayPass) throw DatabaseUnavailable(message);
  throw std::runtime_error(message);
}

}  // namespace

std::vector<std::string> migratePostgres(PostgresTarget target, const PostgresOptions& options,
                                         std::span<const Migration> migrations,
                                         std::string_view serviceVersion, base::Timestamp now) {
  std::vector<std::string> applied;
  try {
    PostgresBlocking client(std::move(target), options.connectTimeout);
    while (auto name = applyNext(client, options, migrations, serviceVersion, now)) {
      applied.push_back(std::move(*name));
    }
  } catch (const PostgresFailure& failure) {
    report(failure);
  }
  return applied;
}

SchemaState postgresSchema(PostgresTarget target, const PostgresOptions& options,
                           std::span<const Migration> migrations, std::string_view serviceVersion) {
  SchemaState state;
  try {
    PostgresBlocking client(std::move(target), options.connectTimeout);
    std::vector<AppliedMigration> applied;
    const auto limit = options.answerTimeout();
    if (tableExists(client, limit)) applied = readApplied(client, limit);
    state = {missing(migrations, applied, serviceVersion), oldestService(applied)};
  } catch (const PostgresFailure& failure) {
    report(failure);
  }
  return state;
}

}  // namespace slipway::platform
