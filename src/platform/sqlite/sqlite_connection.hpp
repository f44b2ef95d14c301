// One connection to an SQLite database with its prepared statements. Used by one thread at a time;
// every statement stops at its deadline. Nothing but the constructor throws.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "platform/sql.hpp"
#include "platform/sqlite/sqlite_options.hpp"

namespace SQLite {
class Database;
}

namespace slipway::platform {

class SqliteConnection {
 public:
  enum class Role : std::uint8_t { Writer, Reader };
  using Deadline = std::chrono::steady_clock::time_point;

  /// Opens (the writer creates) the database. Throws std::runtime_error that names the file and
  /// what to do about it.
  SqliteConnection(const SqliteOptions& options, Role role);
  ~SqliteConnection();

  SqlResult execute(const Statement& statement, const SqlParameters& parameters, Deadline deadline);
  /// Takes the database's write lock. `rows` of the results of these two are null.
  SqlResult begin(Deadline deadline);
  SqlResult commit();
  /// Does nothing outside a transaction.
  void rollback();
  /// False too after an error that made SQLite end the transaction by itself.
  bool inTransaction() const;
  /// True when the file can be read and is still where it was.
  bool probe(Deadline deadline);

  /// For migrations.
  SQLite::Database& handle() { return *database_; }

 private:
  struct Prepared;

  void open(const SqliteOptions& options, Role role);
  void configure(const SqliteOptions& options, Role role);
  Prepared& prepare(const Statement& statement);
  SqlResult run(const Statement& statement, Prepared& prepared, const SqlParameters& parameters);
  SqlResult runControl(const Statement& statement, Deadline deadline);
  SqlError lastError(std::string_view what) const;
  static int onProgress(void* self);

  std::unique_ptr<SQLite::Database> database_;
  std::unordered_map<std::string_view, std::unique_ptr<Prepared>> prepared_;  // by their SQL
  Deadline deadline_{};
  QueryObserver observer_;
};

}  // namespace slipway::platform
