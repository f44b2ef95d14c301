#include "platform/sqlite/sqlite_worker.hpp"

#include <algorithm>
#include <future>
#include <string>
#include <utility>

namespace slipway::platform {

namespace {

using Kind = SqliteJob::Kind;

SqlResult failure(SqlError::Kind kind, std::string message) {
  return std::unexpected(SqlError{kind, std::move(message)});
}

bool belongsToOpenTransaction(const SqliteJob& job) {
  return job.transaction != 0 && job.kind != Kind::Begin;
}

}  // namespace

SqliteWorker::SqliteWorker(std::unique_ptr<SqliteConnection> connection,
                           const SqliteOptions& options)
    : options_(options), connection_(std::move(connection)), thread_([this] { loop(); }) {}

SqliteWorker::~SqliteWorker() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

std::uint64_t SqliteWorker::newTransaction() {
  const std::lock_guard lock(mutex_);
  return ++lastTransaction_;
}

bool SqliteWorker::submit(SqliteJob job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || !admit(job)) return false;
  }
  wake_.notify_one();
  return true;
}

bool SqliteWorker::admit(SqliteJob& job) {
  if (belongsToOpenTransaction(job)) {
    if (job.kind == Kind::Rollback) dropWaitingBegin(job.transaction);
    owned_.push_back(std::move(job));
    return true;
  }
  if (job.startBy == Clock::time_point{}) job.startBy = Clock::now() + options_.waitTimeout;
  if (job.kind == Kind::Probe) {  // is the database well, however long the queue is?
    waiting_.push_front(std::move(job));
    return true;
  }
  if (job.kind != Kind::Task && waiting_.size() >= options_.queueLimit) return false;
  waiting_.push_back(std::move(job));
  return true;
}

void SqliteWorker::dropWaitingBegin(std::uint64_t transaction) {
  std::erase_if(waiting_, [transaction](const SqliteJob& job) {
    return job.kind == Kind::Begin && job.transaction == transaction;
  });
}

void SqliteWorker::runAndWait(std::function<void(SqliteConnection&)> task) {
  std::promise<void> done;
  SqliteJob job{.kind = Kind::Task};
  job.startBy = Clock::time_point::max();
  job.task = [&](SqliteConnection& connection) {
    try {
      task(connection);
      done.set_value();
    } catch (...) {
      done.set_exception(std::current_exception());
    }
  };
  submit(std::move(job));
  done.get_future().get();
}

std::size_t SqliteWorker::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size() + owned_.size();
}

bool SqliteWorker::busy() const {
  const std::lock_guard lock(mutex_);
  return busy_;
}

void SqliteWorker::loop() {
  while (auto job = next()) {
    auto result = run(*job);
    if (job->reply) job->reply->deliver(std::move(result));
  }
  failAll();
}

std::optional<SqliteJob> SqliteWorker::next() {
  const auto takeFront = [this](std::deque<SqliteJob>& queue) {
    std::optional<SqliteJob> job(std::move(queue.front()));
    queue.pop_front();
    busy_ = true;
    return job;
  };
  std::unique_lock lock(mutex_);
  for (;;) {
    busy_ = holder_ != 0;
    if (stopping_) return std::nullopt;
    if (!owned_.empty()) return takeFront(owned_);
    const auto now = Clock::now();
    if (holder_ != 0 && now >= holderDeadline_) {
      return SqliteJob{.kind = Kind::Rollback, .transaction = holder_};
    }
    const bool someoneWaits = !waiting_.empty();
    if (someoneWaits && (holder_ == 0 || now >= waiting_.front().startBy)) {
      return takeFront(waiting_);
    }
    if (holder_ == 0) {
      wake_.wait(lock);
    } else if (someoneWaits) {
      wake_.wait_until(lock, std::min(holderDeadline_, waiting_.front().startBy));
    } else {
      wake_.wait_until(lock, holderDeadline_);
    }
  }
}

SqlResult SqliteWorker::run(SqliteJob& job) {
  if (belongsToOpenTransaction(job)) return runOwned(job);
  if (Clock::now() >= job.startBy) {
    return failure(SqlError::Kind::Timeout, "waited too long for the database");
  }
  const auto deadline = Clock::now() + options_.statementTimeout;
  switch (job.kind) {
    case Kind::Execute:
      return connection_->execute(*job.statement, job.parameters, deadline);
    case Kind::Begin:
      return begin(job.transaction);
    case Kind::Probe:
      if (!connection_->probe(Clock::now() + options_.healthTimeout)) {
        return failure(SqlError::Kind::Unavailable, "the database file can't be read");
      }
      break;
    case Kind::Task:
      job.task(*connection_);
      break;
    case Kind::Commit:
    case Kind::Rollback:
      break;
  }
  return nullptr;
}

SqlResult SqliteWorker::begin(std::uint64_t transaction) {
  auto result = connection_->begin(Clock::now() + options_.statementTimeout);
  if (result) {
    holder_ = transaction;
    holderDeadline_ = Clock::now() + options_.transactionTimeout;
  }
  return result;
}

SqlResult SqliteWorker::runOwned(const SqliteJob& job) {
  if (job.transaction != holder_) {
    return failure(SqlError::Kind::Timeout, "the transaction took too long and was rolled back");
  }
  if (job.kind == Kind::Rollback) {
    connection_->rollback();
    holder_ = 0;
    return nullptr;
  }
  if (!connection_->inTransaction()) {  // what ran now would commit by itself
    return failure(SqlError::Kind::Unavailable, "the transaction was rolled back after an error");
  }
  if (job.kind == Kind::Commit) return commit(job.last);
  return connection_->execute(*job.statement, job.parameters,
                              Clock::now() + options_.statementTimeout);
}

SqlResult SqliteWorker::commit(const SqlCalls& last) {
  holder_ = 0;
  for (const auto& [statement, parameters] : last) {
    const auto deadline = Clock::now() + options_.statementTimeout;
    auto result = connection_->execute(*statement, parameters, deadline);
    if (result) continue;
    connection_->rollback();
    return result;
  }
  return connection_->commit();
}

void SqliteWorker::failAll() {
  connection_->rollback();
  const std::lock_guard lock(mutex_);
  for (auto* queue : {&owned_, &waiting_}) {
    for (auto& job : *queue) {
      if (!job.reply) continue;
      job.reply->deliver(failure(SqlError::Kind::Unavailable, "the database is being closed"));
    }
    queue->clear();
  }
}

}  // namespace slipway::platform
