// How PostgreSQL is reached and what a call may cost. Plain values.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/secret.hpp"
#include "platform/sql_engine.hpp"

namespace slipway::platform {

class Logger;

/// What stands between the service and PostgreSQL. Behind PgBouncer's transaction mode, two
/// statements may run on two servers: nothing is kept of a session.
enum class PostgresPooler : std::uint8_t { None, Transaction };

struct PostgresOptions {
  base::Secret url;
  base::Secret migrationUrl = {};  // empty: url
  PostgresPooler pooler = PostgresPooler::None;
  unsigned loops = 1;      // event loops that share the process's connections
  unsigned poolSize = 10;  // connections of the process, 2 a loop at the least
  std::chrono::milliseconds connectTimeout{2000};        // for each address
  std::chrono::milliseconds statementTimeout{5000};      // kept by the server
  std::chrono::milliseconds answerGrace{500};            // more, until the client gives up
  std::chrono::milliseconds waitTimeout{5000};           // for a connection of the pool
  std::chrono::milliseconds transactionTimeout{15'000};  // begin to end; beyond: rolled back
  std::chrono::milliseconds healthTimeout{1000};
  std::chrono::milliseconds migrationWait{60'000};  // for another process that migrates
  std::size_t callLimit = 4096;  // single statements of a loop; beyond: SqlError::Overloaded
  std::size_t waitLimit = 512;   // transactions of a loop that wait; beyond: SqlError::Overloaded
  QueryObserver observer = {};
  const Logger* logger = nullptr;  // outlives the engine

  std::chrono::milliseconds answerTimeout() const { return statementTimeout + answerGrace; }
};

}  // namespace slipway::platform
