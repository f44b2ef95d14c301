#include "platform/sqlite/sqlite_database.hpp"

#include <fmt/core.h>

#include <utility>

#include "platform/sqlite/sqlite_calls.hpp"
#include "platform/sqlite/sqlite_engine.hpp"

namespace slipway::platform {

namespace {

using Kind = SqliteJob::Kind;

/// A place in the writer's queue, then the writer itself, until destroyed.
class WriterLease {
 public:
  WriterLease(SqliteWorker& worker, NamedLock lock)
      : worker_(worker), id_(worker.newTransaction()), lock_(std::move(lock)) {}
  ~WriterLease() {
    if (!ended_) worker_.submit({.kind = Kind::Rollback, .transaction = id_});
  }
  WriterLease(const WriterLease&) = delete;
  WriterLease& operator=(const WriterLease&) = delete;

  void committed() {
    ended_ = true;
    lock_.release();
  }
  SqliteWorker& worker() { return worker_; }
  std::uint64_t id() const { return id_; }

 private:
  SqliteWorker& worker_;
  const std::uint64_t id_;
  NamedLock lock_;  // released after the rollback is queued: who gets it next sees its effect
  bool ended_ = false;
};

class SqliteTransaction final : public Transaction {
 public:
  SqliteTransaction(std::shared_ptr<SqliteCalls> calls, std::unique_ptr<WriterLease> lease,
                    std::chrono::milliseconds limit)
      : calls_(std::move(calls)), lease_(std::move(lease)), limit_(limit) {}

  net::Task<SqlResult> execute(const Statement& statement, SqlParameters parameters) override {
    SqliteJob job{.kind = Kind::Execute, .transaction = lease_->id(), .statement = &statement};
    job.parameters = std::move(parameters);
    return calls_->call(lease_->worker(), std::move(job), limit_);
  }

  net::Task<std::expected<void, SqlError>> commit(SqlCalls last) override {
    SqliteJob job{.kind = Kind::Commit, .transaction = lease_->id()};
    job.last = std::move(last);
    auto result = co_await calls_->call(lease_->worker(), std::move(job), limit_);
    std::expected<void, SqlError> outcome;
    if (result) {
      lease_->committed();
    } else {
      outcome = std::unexpected(std::move(result.error()));
    }
    co_return outcome;
  }

 private:
  const std::shared_ptr<SqliteCalls> calls_;
  const std::unique_ptr<WriterLease> lease_;
  const std::chrono::milliseconds limit_;
};

}  // namespace

SqliteDatabase::SqliteDatabase(SqliteEngine& engine, net::asio::io_context& loop)
    : engine_(engine),
      calls_(std::make_shared<SqliteCalls>(loop)),
      callLimit_(engine.options().waitTimeout + engine.options().statementTimeout +
                 std::chrono::seconds(1)) {}

SqliteDatabase::~SqliteDatabase() { calls_->close(); }

net::Task<SqlResult> SqliteDatabase::execute(const Statement& statement, SqlParameters parameters) {
  SqliteJob job{.kind = Kind::Execute, .statement = &statement};
  job.parameters = std::move(parameters);
  SqliteWorker& worker = statement.writes ? engine_.writer() : engine_.reader();
  return calls_->call(worker, std::move(job), callLimit_);
}

net::Task<TransactionResult> SqliteDatabase::begin() { return beginHolding(NamedLock()); }

net::Task<TransactionResult> SqliteDatabase::beginExclusive(std::string lock) {
  auto held = engine_.locks().tryLock(lock);
  if (!held) {
    SqlError busy{SqlError::Kind::Busy, fmt::format("the lock {} is held", lock)};
    co_return std::unexpected(std::move(busy));
  }
  auto result = co_await beginHolding(std::move(*held));
  co_return result;
}

net::Task<TransactionResult> SqliteDatabase::beginHolding(NamedLock lock) {
  auto lease = std::make_unique<WriterLease>(engine_.writer(), std::move(lock));
  SqliteJob job{.kind = Kind::Begin, .transaction = lease->id()};
  auto begun = co_await calls_->call(lease->worker(), std::move(job), callLimit_);
  TransactionResult result;
  if (begun) {
    result = std::make_unique<SqliteTransaction>(calls_, std::move(lease), callLimit_);
  } else {
    result = std::unexpected(std::move(begun.error()));
  }
  co_return result;
}

net::Task<Health> SqliteDatabase::health() {
  const auto limit = engine_.options().healthTimeout + std::chrono::milliseconds(300);
  auto result = co_await calls_->call(engine_.reader(), {.kind = Kind::Probe}, limit);
  Health health;
  if (!result) health = std::unexpected(std::move(result.error().message));
  co_return health;
}

}  // namespace slipway::platform
