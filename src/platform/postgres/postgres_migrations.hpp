// Applies migrations to a PostgreSQL database. Synchronous: used at start-up and by `migrate`.
// See SqlEngine for what the functions throw.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "platform/migrations.hpp"
#include "platform/postgres/postgres_options.hpp"
#include "platform/postgres/postgres_target.hpp"

namespace slipway::platform {

/// Applies what is missing, one transaction each, and returns its names. Any number of processes
/// may do so at once: an advisory lock lets one through at a time, and each looks again then.
std::vector<std::string> migratePostgres(PostgresTarget target, const PostgresOptions& options,
                                         std::span<const Migration> migrations,
                                         std::string_view serviceVersion, base::Timestamp now);

/// Needs no more than SELECT on schema_migrations.
SchemaState postgresSchema(PostgresTarget target, const PostgresOptions& options,
                           std::span<const Migration> migrations, std::string_view serviceVersion);

}  // namespace slipway::platform
