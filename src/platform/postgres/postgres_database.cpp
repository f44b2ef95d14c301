#include "platform/postgres/postgres_database.hpp"

#include <fmt/core.h>

#include <utility>

#include "platform/postgres/postgres_await.hpp"
#include "platform/postgres/postgres_engine.hpp"
#include "platform/postgres/postgres_session.hpp"
#include "platform/postgres/postgres_transaction.hpp"

namespace slipway::platform {

namespace {

using Clock = PostgresCall::Clock;

/// The shared connection being silent for so long, a probe on it would only wait its turn.
constexpr std::chrono::milliseconds kSlow{100};

Health healthOf(SqlResult& answer) {
  Health health;
  if (!answer) health = std::unexpected(std::move(answer.error().message));
  return health;
}

}  // namespace

PostgresDatabase::PostgresDatabase(PostgresEngine& engine, net::asio::io_context& loop,
                                   std::size_t poolSize, PostgresFigures& figures)
    : options_(engine.options()),
      status_(engine.status()),
      pipeline_(std::make_shared<PostgresPipeline>(loop.get_executor(), engine.target(), options_,
                                                   engine.status(), figures)),
      pool_(std::make_shared<PostgresPool>(loop.get_executor(), engine.target(), options_, poolSize,
                                           figures)) {
  pipeline_->onDown([weak = std::weak_ptr(pool_)](const SqlError& why) {
    if (const auto pool = weak.lock()) pool->refuseAll(why);
  });
  pool_->onSilence([weak = std::weak_ptr(pipeline_)] {
    if (const auto pipeline = weak.lock()) pipeline->distrust();
  });
  pipeline_->start();
}

PostgresDatabase::~PostgresDatabase() {
  pipeline_->close();
  pool_->close();
}

net::Task<SqlResult> PostgresDatabase::execute(const Statement& statement,
                                               SqlParameters parameters) {
  PostgresCall call{.statement = &statement, .parameters = std::move(parameters)};
  call.deadline = Clock::now() + options_.answerTimeout();
  call.mayRepeat = !statement.writes;
  return awaitCall(pipeline_, std::move(call));
}

net::Task<PostgresPool::Taken> PostgresDatabase::takeConnection(std::chrono::milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  return awaitDone<PostgresPool::Taken>(
      [pool = pool_, deadline](PostgresPool::Done done) { pool->take(deadline, std::move(done)); });
}

std::unique_ptr<Transaction> PostgresDatabase::transactionOn(PostgresPool::Connection connection) {
  auto onReadOnly = [weak = std::weak_ptr(pipeline_)] {
    if (const auto pipeline = weak.lock()) pipeline->retire();
  };
  return std::make_unique<PostgresTransaction>(pool_, std::move(connection), options_,
                                               std::move(onReadOnly));
}

net::Task<TransactionResult> PostgresDatabase::begin() {
  if (!pipeline_->isAvailable()) co_return std::unexpected(pipeline_->downReason());
  auto idle = pool_->takeIdle();
  if (idle) co_return transactionOn(std::move(idle));
  PostgresPool::Taken taken = co_await takeConnection(options_.waitTimeout);
  if (!taken) co_return std::unexpected(std::move(taken.error()));
  co_return transactionOn(std::move(*taken));
}

net::Task<TransactionResult> PostgresDatabase::beginExclusive(std::string lock) {
  TransactionResult transaction = co_await begin();
  if (!transaction) co_return transaction;
  SqlParameters parameters(1, lock);
  const SqlResult locked =
      co_await (*transaction)->execute(kPostgresTryLock, std::move(parameters));
  if (!locked) co_return std::unexpected(locked.error());
  const bool held = (*locked)->size() == 1 && (*locked)->boolean(0, 0);
  if (!held) {
    SqlError busy{SqlError::Kind::Busy, fmt::format("the lock {} is held", lock), {}};
    co_return std::unexpected(std::move(busy));
  }
  co_return transaction;
}

net::Task<Health> PostgresDatabase::health() {
  if (!pipeline_->isAvailable()) co_return std::unexpected(pipeline_->downReason().message);
  Health known = status_.health();
  if (!known) co_return known;
  if (pipeline_->silence() > kSlow) {
    Health health = co_await probeOnOther();
    co_return health;
  }
  PostgresCall call{.statement = &kPostgresProbe};
  call.deadline = Clock::now() + options_.healthTimeout;
  SqlResult answer = co_await awaitCall(pipeline_, std::move(call));
  co_return healthOf(answer);
}

/// Long statements hold the shared connection up: is the server there?
net::Task<Health> PostgresDatabase::probeOnOther() {
  const auto deadline = Clock::now() + options_.healthTimeout;
  PostgresPool::Taken taken = co_await takeConnection(options_.healthTimeout);
  if (!taken) co_return std::unexpected(std::move(taken.error().message));
  PostgresCall call{.statement = &kPostgresProbe};
  call.deadline = deadline;
  SqlResult answer = co_await awaitCall(*taken, std::move(call));
  pool_->giveBack(*taken);
  co_return healthOf(answer);
}

}  // namespace slipway::platform
