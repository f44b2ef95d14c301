#include "platform/sqlite/sqlite_errors.hpp"

#include <fmt/core.h>
#include <sqlite3.h>

namespace slipway::platform {

SqlError::Kind classifySqlite(int resultCode) {
  if (resultCode == SQLITE_CONSTRAINT_UNIQUE || resultCode == SQLITE_CONSTRAINT_PRIMARYKEY ||
      resultCode == SQLITE_CONSTRAINT_ROWID) {
    return SqlError::Kind::UniqueViolation;
  }
  switch (resultCode & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT:
      return SqlError::Kind::Timeout;
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_PERM:
    case SQLITE_PROTOCOL:
    case SQLITE_NOLFS:
    case SQLITE_NOMEM:
      return SqlError::Kind::Unavailable;
    default:
      return SqlError::Kind::Internal;
  }
}

SqlError sqliteError(int resultCode, std::string_view what, std::string_view message) {
  return {classifySqlite(resultCode), fmt::format("{}: {} ({})", what, message, resultCode)};
}

}  // namespace slipway::platform
