// One event loop's view of the process's SqliteEngine, which must outlive it; it must itself be
// destroyed before its io_context. Reads run on the engine's reader and see what was committed
// before; writes and transactions take turns on its writer. In memory there is one connection: a
// read outside a transaction waits for the transaction's end, so don't await one inside.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "net/task.hpp"
#include "platform/sql.hpp"
#include "platform/sqlite/named_locks.hpp"

namespace slipway::platform {

class SqliteCalls;
class SqliteEngine;

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(SqliteEngine& engine, net::asio::io_context& loop);
  ~SqliteDatabase() override;
  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;

  net::Task<SqlResult> execute(const Statement& statement, SqlParameters parameters) override;
  net::Task<TransactionResult> begin() override;
  net::Task<TransactionResult> beginExclusive(std::string lock) override;
  net::Task<Health> health() override;

 private:
  net::Task<TransactionResult> beginHolding(NamedLock lock);

  SqliteEngine& engine_;
  std::shared_ptr<SqliteCalls> calls_;
  std::chrono::milliseconds callLimit_;  // after which the engine must be hanging
};

}  // namespace slipway::platform
