// The SQL database of the whole process, whichever engine it is: each event loop opens its own view
// of it. Thread-safe; outlives what it opened. SqliteEngine and PostgresEngine implement it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "platform/migrations.hpp"
#include "platform/sql.hpp"

namespace slipway::platform {

/// Told of every statement that ran: its name and how long it took in the engine, waiting not
/// counted. Called on the engine's threads, one at a time on each: it must be thread-safe and
/// must not block.
using QueryObserver = std::function<void(std::string_view query, std::chrono::nanoseconds took)>;

/// Connections by what they do now.
struct PoolFigures {
  std::size_t idle = 0;
  std::size_t busy = 0;
  std::size_t waiting = 0;  // calls that wait for a connection
  std::size_t limit = 0;    // connections that there may be
};

/// The database can't be reached or used now; it may be later.
class DatabaseUnavailable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class SqlEngine {
 public:
  virtual ~SqlEngine() = default;

  /// The view of `loop`, which it must be destroyed before.
  virtual std::unique_ptr<Database> open(net::asio::io_context& loop) = 0;
  /// Brings the schema up to date and returns the names of what was applied. Waits, not for ever,
  /// for another process that is doing the same. Throws DatabaseUnavailable, or
  /// std::runtime_error with what to do when a migration fails, was changed after it was applied,
  /// or the schema is too new for `serviceVersion`. What was applied before stays.
  std::vector<std::string> migrate(std::string_view serviceVersion, base::Timestamp now) {
    return migrateUpTo(std::numeric_limits<std::int64_t>::max(), serviceVersion, now);
  }
  /// The same with migrations of that number and below alone.
  virtual std::vector<std::string> migrateUpTo(std::int64_t last, std::string_view serviceVersion,
                                               base::Timestamp now) = 0;
  /// Looks, and changes nothing. Throws as migrate() does.
  virtual SchemaState schema(std::string_view serviceVersion) = 0;
  virtual PoolFigures figures() const = 0;
};

}  // namespace slipway::platform
