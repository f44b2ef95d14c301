// The statements that the client itself runs. Constants.
#pragma once

#include "platform/postgres/postgres_options.hpp"
#include "platform/sql.hpp"

namespace slipway::platform {

inline constexpr Statement kPostgresBegin{"begin", "BEGIN", true};
inline constexpr Statement kPostgresCommit{"commit", "COMMIT", true};
inline constexpr Statement kPostgresRollback{"rollback", "ROLLBACK", true};
inline constexpr Statement kPostgresProbe{"probe", "SELECT 1"};
/// $1: the lock's name. One row: whether it was got; held until the transaction ends.
inline constexpr Statement kPostgresTryLock{
    "lock", "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))", true};

/// Behind a pooler: the server's limits for one transaction, which a session of its own has from
/// its start.
inline constexpr Statement kPostgresLimits{
    "limits",
    "SELECT set_config('statement_timeout', $1, true), set_config('lock_timeout', $1, true), "
    "set_config('idle_in_transaction_session_timeout', $2, true)"};

inline SqlParameters postgresLimits(const PostgresOptions& options) {
  SqlParameters limits;
  limits.emplace_back(std::to_string(options.statementTimeout.count()));
  limits.emplace_back(std::to_string(options.transactionTimeout.count() + 1000));
  return limits;
}

}  // namespace slipway::platform
