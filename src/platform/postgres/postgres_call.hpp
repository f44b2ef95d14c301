// What is asked of a PostgreSQL connection: one statement, with what has to go before it, in a
// synchronisation segment of its own, so that its error fails nobody else; reads by key share one.
// A plain value.
#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include "platform/sql.hpp"

namespace slipway::platform {

struct PostgresCall {
  using Clock = std::chrono::steady_clock;
  using Done = std::move_only_function<void(SqlResult)>;

  const Statement* statement = nullptr;  // outlives the call
  SqlParameters parameters = {};
  Clock::time_point deadline = {};  // then `done` gets a Timeout
  Done done = {};                   // empty: nobody waits for it (any more)
  bool begins = false;              // BEGIN goes before it all, in the same segment
  SqlCalls before = {};             // run before it, in the same segment: it runs if none fails
  bool mayRepeat = false;           // on another connection, when this one is lost
  bool sent = false;                // set by the connection
  bool alone = false;               // set by the connection: another's error has skipped it, once
};

/// May share a segment with others of its kind: it changes nothing, and is quick.
bool mayShare(const PostgresCall& call);

/// Those that a lost connection did not answer, in order.
using PostgresCalls = std::vector<PostgresCall>;

/// Completes each with the error.
void failAll(PostgresCalls calls, const SqlError& error);

/// What can be told without asking the server: Internal or InvalidText.
const SqlError* problemWith(const PostgresCall& call);

}  // namespace slipway::platform
