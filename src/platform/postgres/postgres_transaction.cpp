#include "platform/postgres/postgres_transaction.hpp"

#include <utility>

#include "platform/postgres/postgres_await.hpp"
#include "platform/postgres/postgres_rows.hpp"
#include "platform/postgres/postgres_session.hpp"

namespace slipway::platform {

namespace {

using Outcome = std::expected<void, SqlError>;

net::Task<SqlResult> failed(SqlError error) { co_return std::unexpected(std::move(error)); }

}  // namespace

PostgresTransaction::PostgresTransaction(std::shared_ptr<PostgresPool> pool,
                                         PostgresPool::Connection connection,
                                         const PostgresOptions& options, OnReadOnly onReadOnly)
    : pool_(std::move(pool)),
      connection_(std::move(connection)),
      options_(options),
      onReadOnly_(std::move(onReadOnly)),
      deadline_(std::chrono::steady_clock::now() + options.transactionTimeout) {
  pool_->add(*this);
}

PostgresTransaction::~PostgresTransaction() {
  pool_->remove(*this);
  if (state_ == State::Open) rollBack();
  if (state_ == State::Fresh) letGo();
}

net::Task<SqlResult> PostgresTransaction::run(SqlCall what, SqlCalls before) {
  PostgresCall call{.statement = what.statement, .parameters = std::move(what.parameters)};
  call.deadline = PostgresCall::Clock::now() + options_.answerTimeout();
  call.begins = std::exchange(state_, State::Open) == State::Fresh;
  call.before = std::move(before);
  return awaitCall(connection_, std::move(call));
}

net::Task<SqlResult> PostgresTransaction::execute(const Statement& statement,
                                                  SqlParameters parameters) {
  if (state_ == State::Expired || state_ == State::Ended) {
    return failed({SqlError::Kind::Timeout, "the transaction took too long", {}});
  }
  return run({&statement, std::move(parameters)});
}

net::Task<Outcome> PostgresTransaction::commit(SqlCalls last) {
  if (state_ == State::Fresh && last.empty()) {
    state_ = State::Ended;
    letGo();
    co_return Outcome();
  }
  if (state_ == State::Expired || state_ == State::Ended) {
    co_return std::unexpected(
        SqlError{SqlError::Kind::Timeout, "the transaction took too long", {}});
  }
  auto answer = run({&kPostgresCommit}, std::move(last));
  auto result = co_await std::move(answer);
  endAfterCommit();
  if (!result) co_return std::unexpected(std::move(result.error()));
  // PostgreSQL takes the COMMIT of a transaction in which something failed as a ROLLBACK.
  if (static_cast<const PostgresRows&>(**result).commandTag() != "COMMIT") {
    co_return std::unexpected(
        SqlError{SqlError::Kind::Internal, "the transaction had failed before its commit", {}});
  }
  co_return Outcome();
}

void PostgresTransaction::endAfterCommit() {
  // One of the last statements failed, and so COMMIT was not run.
  const bool open = connection_->isOpen() && connection_->pending() == 0 && !connection_->isIdle();
  if (open) return rollBack();
  state_ = State::Ended;
  letGo();
}

void PostgresTransaction::letGo() {
  if (connection_->sawReadOnly()) onReadOnly_();
  pool_->giveBack(connection_);
}

void PostgresTransaction::rollBack() {
  state_ = State::Ended;
  if (!connection_->isOpen()) return;
  if (connection_->sawReadOnly()) onReadOnly_();
  PostgresCall call{.statement = &kPostgresRollback};
  call.deadline = PostgresCall::Clock::now() + options_.answerTimeout();
  // Failed or not: the pool sees by the connection whether it is good for another.
  call.done = [pool = pool_, connection = connection_](const SqlResult&) {
    pool->giveBack(connection);
  };
  connection_->submit(std::move(call));
}

void PostgresTransaction::checkTime(std::chrono::steady_clock::time_point now) {
  if (now < deadline_ || connection_->pending() > 0) return;
  if (state_ == State::Open) {
    rollBack();
    state_ = State::Expired;
  } else if (state_ == State::Fresh) {
    letGo();
    state_ = State::Expired;
  }
}

}  // namespace slipway::platform
