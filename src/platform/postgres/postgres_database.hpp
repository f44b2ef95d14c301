// One event loop's view of the process's PostgresEngine, which must outlive it; it must itself be
// destroyed before its io_context. Single statements share one connection, transactions have one
// of a pool for themselves.
#pragma once

#include <memory>
#include <string>

#include "net/task.hpp"
#include "platform/postgres/postgres_pipeline.hpp"
#include "platform/postgres/postgres_pool.hpp"
#include "platform/sql.hpp"

namespace slipway::platform {

class PostgresEngine;

class PostgresDatabase final : public Database {
 public:
  /// `figures` outlive it.
  PostgresDatabase(PostgresEngine& engine, net::asio::io_context& loop, std::size_t poolSize,
                   PostgresFigures& figures);
  ~PostgresDatabase() override;
  PostgresDatabase(const PostgresDatabase&) = delete;
  PostgresDatabase& operator=(const PostgresDatabase&) = delete;

  net::Task<SqlResult> execute(const Statement& statement, SqlParameters parameters) override;
  net::Task<TransactionResult> begin() override;
  net::Task<TransactionResult> beginExclusive(std::string lock) override;
  net::Task<Health> health() override;

 private:
  net::Task<PostgresPool::Taken> takeConnection(std::chrono::milliseconds limit);
  net::Task<Health> probeOnOther();
  std::unique_ptr<Transaction> transactionOn(PostgresPool::Connection connection);

  const PostgresOptions& options_;
  const PostgresStatus& status_;
  std::shared_ptr<PostgresPipeline> pipeline_;
  std::shared_ptr<PostgresPool> pool_;
};

}  // namespace slipway::platform
