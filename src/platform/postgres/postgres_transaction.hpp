// A transaction on a connection of the pool. BEGIN leaves with its first statement, its last ones
// with COMMIT. Destroyed before its commit it is rolled back, and then gives the connection back;
// it is rolled back too when it takes too long. Lives on one loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "platform/postgres/postgres_connection.hpp"
#include "platform/postgres/postgres_pool.hpp"

namespace slipway::platform {

class PostgresTransaction final : public Transaction, public PostgresHolder {
 public:
  /// Told of a transaction in which the server said that it is read-only.
  using OnReadOnly = std::function<void()>;

  PostgresTransaction(std::shared_ptr<PostgresPool> pool, PostgresPool::Connection connection,
                      const PostgresOptions& options, OnReadOnly onReadOnly);
  ~PostgresTransaction() override;
  PostgresTransaction(const PostgresTransaction&) = delete;
  PostgresTransaction& operator=(const PostgresTransaction&) = delete;

  net::Task<SqlResult> execute(const Statement& statement, SqlParameters parameters) override;
  /// An error: it was rolled back, or nobody knows.
  net::Task<std::expected<void, SqlError>> commit(SqlCalls last) override;
  void checkTime(std::chrono::steady_clock::time_point now) override;

 private:
  enum class State : std::uint8_t { Fresh, Open, Expired, Ended };

  net::Task<SqlResult> run(SqlCall call, SqlCalls before = {});
  void endAfterCommit();
  void rollBack();
  void letGo();

  const std::shared_ptr<PostgresPool> pool_;
  const PostgresPool::Connection connection_;
  const PostgresOptions& options_;
  const OnReadOnly onReadOnly_;
  const std::chrono::steady_clock::time_point deadline_;
  State state_ = State::Fresh;
};

}  // namespace slipway::platform
