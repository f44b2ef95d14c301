// libpq's failures as errors of this program: by SQLSTATE, never by text. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "platform/postgres/postgres_handle.hpp"
#include "platform/sql.hpp"

namespace slipway::platform {

SqlError::Kind classifyPostgres(std::string_view sqlState);

/// "<what>: <message> (<SQLSTATE>)".
SqlError postgresError(const PGresult* result, std::string_view what);

/// Why the connection is not usable: what libpq says, in one line.
std::string connectionProblem(const PGconn* connection);

/// The server ends the session with it.
bool endsSession(const PGresult* result);
std::string_view sqlStateOf(const PGresult* result);

}  // namespace slipway::platform
