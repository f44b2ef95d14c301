// What a store needs of an SQL engine: statements in, rows or a classified error out. SQLite and
// PostgreSQL implement it, so that one store's SQL ($1, $2 ...; RETURNING; ON CONFLICT) serves
// both. A Database belongs to one event loop and is called on it only; every call has a time-out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "net/task.hpp"
#include "platform/health.hpp"

namespace slipway::platform {

struct SqlError {
  enum class Kind : std::uint8_t {
    Unavailable,      // the database can't be reached or used now: 503
    Timeout,          // gave up waiting: 503
    Overloaded,       // the bounded queue in front of it is full: 503
    Busy,             // another request holds the lock asked for
    UniqueViolation,  // SQLSTATE 23505
    InvalidText,      // text that the engine can't hold (NUL)
    Internal,         // a bug or a schema that does not fit: 500
  };
  Kind kind = Kind::Internal;
  std::string message;     // for the log, never for a client
  std::string constraint;  // of a UniqueViolation: the index's name, where the engine tells it
};

/// SQL with `$n` placeholders. A constant beside its use; `name` labels the metric
/// db_query_duration_seconds{query} and the prepared statement.
struct Statement {
  std::string_view name;
  std::string_view sql;
  bool writes = false;
  bool byKey = false;  // reads one row by its key: so quick that another's answer may wait for it
  bool holds = false;  // reads rows that nobody else may change until the transaction ends
};

using SqlValue = std::variant<std::monostate, std::int64_t, bool, std::string, base::Timestamp>;
using SqlParameters = std::vector<SqlValue>;

/// A statement and its values, to be run later.
struct SqlCall {
  const Statement* statement = nullptr;  // a constant
  SqlParameters parameters = {};
};
using SqlCalls = std::vector<SqlCall>;

/// The rows of one result, all in memory (statements bound their own LIMIT).
class Rows {
 public:
  virtual ~Rows() = default;
  virtual std::size_t size() const = 0;
  virtual bool isNull(std::size_t row, std::size_t column) const = 0;
  virtual std::int64_t integer(std::size_t row, std::size_t column) const = 0;
  virtual bool boolean(std::size_t row, std::size_t column) const = 0;
  virtual std::string_view text(std::size_t row, std::size_t column) const = 0;
  virtual base::Timestamp timestamp(std::size_t row, std::size_t column) const = 0;
  /// Rows changed by a statement that returns none.
  virtual std::int64_t affected() const = 0;
};

using SqlResult = std::expected<std::unique_ptr<Rows>, SqlError>;

/// Where a statement runs: on its own (Database) or inside a transaction.
class SqlSession {
 public:
  virtual ~SqlSession() = default;
  /// `statement` must outlive the call (they are constants).
  virtual net::Task<SqlResult> execute(const Statement& statement, SqlParameters parameters) = 0;
};

/// Rolled back when destroyed before commit() has succeeded.
class Transaction : public SqlSession {
 public:
  static constexpr std::size_t kMostLast = 4;

  /// Runs `last` (at most kMostLast), in order, and commits: in one round trip. When one of them
  /// fails, nothing is committed.
  virtual net::Task<std::expected<void, SqlError>> commit(SqlCalls last) = 0;
  net::Task<std::expected<void, SqlError>> commit() { return commit(SqlCalls()); }
};

using TransactionResult = std::expected<std::unique_ptr<Transaction>, SqlError>;

class Database : public SqlSession {
 public:
  /// A read-write transaction.
  virtual net::Task<TransactionResult> begin() = 0;
  /// A read-write transaction that holds the advisory lock `lock` until it ends; Kind::Busy at
  /// once when another transaction, of this or another replica, holds it.
  virtual net::Task<TransactionResult> beginExclusive(std::string lock) = 0;
  /// Whether a trivial statement succeeds within the health time-out (below 2 s), and no other loop
  /// of the process is known to be without the database: the answer is the whole process's.
  virtual net::Task<Health> health() = 0;
};

}  // namespace slipway::platform
