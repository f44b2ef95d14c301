// How the embedded database is opened and what it may cost. Plain values.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "platform/sql_engine.hpp"

namespace slipway::platform {

struct SqliteOptions {
  std::string path;               // of the file; empty: in memory, gone with the engine
  std::size_t queueLimit = 1024;  // calls waiting for a thread; beyond: SqlError::Overloaded
  std::chrono::milliseconds statementTimeout{5000};      // running; beyond: SqlError::Timeout
  std::chrono::milliseconds waitTimeout{5000};           // for a turn; beyond: SqlError::Timeout
  std::chrono::milliseconds busyTimeout{2000};           // for other processes' locks on the file
  std::chrono::milliseconds transactionTimeout{15'000};  // begin to end; beyond: rolled back
  std::chrono::milliseconds healthTimeout{1000};
  QueryObserver observer = {};
};

/// The path in `sqlite:///relative.db` or `sqlite:////absolute.db`; empty for `sqlite://` and
/// `sqlite:///:memory:`. Error: what is wrong with the URL.
std::expected<std::string, std::string> sqlitePath(std::string_view databaseUrl);

}  // namespace slipway::platform
