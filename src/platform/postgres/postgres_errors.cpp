#include "platform/postgres/postgres_errors.hpp"

#include <fmt/core.h>

#include "base/text.hpp"

namespace slipway::platform {

namespace {

std::string_view field(const PGresult* result, int code) {
  const char* const text = PQresultErrorField(result, code);
  return text == nullptr ? std::string_view() : std::string_view(text);
}

}  // namespace

// https://www.postgresql.org/docs/current/errcodes-appendix.html
SqlError::Kind classifyPostgres(std::string_view sqlState) {
  using Kind = SqlError::Kind;
  if (sqlState == "23505") return Kind::UniqueViolation;
  if (sqlState == "22021" || sqlState == "22P05") return Kind::InvalidText;
  // Cancelled, lock not to be had, idle for too long: each by a limit of ours.
  if (sqlState == "57014" || sqlState == "55P03" || sqlState == "25P03") return Kind::Timeout;
  // Read-only (a former primary), lost to another transaction, plans or sessions that went away.
  if (sqlState == "25006" || sqlState == "40001" || sqlState == "40P01" || sqlState == "26000" ||
      sqlState == "0A000") {
    return Kind::Unavailable;
  }
  // Connections; resources, a full disk among them; operator's intervention; the system.
  for (const std::string_view unavailable : {"08", "53", "57", "58", "28", "3D"}) {
    if (sqlState.starts_with(unavailable)) return Kind::Unavailable;
  }
  return Kind::Internal;
}

SqlError postgresError(const PGresult* result, std::string_view what) {
  const auto sqlState = sqlStateOf(result);
  const auto primary = field(result, PG_DIAG_MESSAGE_PRIMARY);
  SqlError error{.kind = classifyPostgres(sqlState)};
  error.message = fmt::format("{}: {} ({})", what, base::oneLine(primary), sqlState);
  if (error.kind == SqlError::Kind::UniqueViolation) {
    error.constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
  }
  return error;
}

std::string connectionProblem(const PGconn* connection) {
  auto line = base::oneLine(PQerrorMessage(connection));
  return line.empty() ? "the connection was closed" : line;
}

bool endsSession(const PGresult* result) {
  const auto severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
  return severity == "FATAL" || severity == "PANIC";
}

std::string_view sqlStateOf(const PGresult* result) { return field(result, PG_DIAG_SQLSTATE); }

}  // namespace slipway::platform
