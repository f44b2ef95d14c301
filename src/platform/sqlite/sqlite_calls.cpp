#include "platform/sqlite/sqlite_calls.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <utility>

namespace slipway::platform {

namespace asio = net::asio;

namespace {

constexpr std::chrono::milliseconds kWatchInterval{200};

SqlResult failure(SqlError::Kind kind, const char* message) {
  return std::unexpected(SqlError{kind, message});
}

}  // namespace

// Everything but deliver() and the base is of the loop alone: an engine thread may hold the last
// reference, but by then the handler (and with it the coroutine) is gone.
class SqliteCalls::Call final : public SqliteReply, public std::enable_shared_from_this<Call> {
 public:
  using Handler = std::move_only_function<void(SqlResult)>;

  Call(std::shared_ptr<SqliteCalls> calls, Handler whenDone,
       std::chrono::steady_clock::time_point latest)
      : handler(std::move(whenDone)),
        deadline(latest),
        work(std::in_place, calls->executor_),
        calls_(std::move(calls)) {}

  void deliver(SqlResult result) override {
    calls_->deliver(shared_from_this(), std::move(result));
  }

  Handler handler;
  std::chrono::steady_clock::time_point deadline;
  std::optional<asio::executor_work_guard<net::Executor>> work;  // keeps the loop running
  std::size_t index = 0;                                         // in pending_

 private:
  const std::shared_ptr<SqliteCalls> calls_;
};

SqliteCalls::SqliteCalls(asio::io_context& loop)
    : executor_(loop.get_executor()), timer_(std::in_place, loop) {}

net::Task<SqlResult> SqliteCalls::call(SqliteWorker& worker, SqliteJob job,
                                       std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  auto initiate = [&](auto handler) {
    auto call = std::make_shared<Call>(shared_from_this(), std::move(handler), deadline);
    call->index = pending_.size();
    pending_.push_back(call);
    job.reply = call;
    if (!worker.submit(std::move(job))) {
      call->deliver(failure(SqlError::Kind::Overloaded, "too many calls wait for the database"));
    }
    watch();
  };
  using Token = const asio::use_awaitable_t<net::Executor>;
  SqlResult result = co_await asio::async_initiate<Token, void(SqlResult)>(initiate, net::useTask);
  co_return result;
}

void SqliteCalls::deliver(std::shared_ptr<Call> call, SqlResult result) {
  const std::lock_guard lock(mutex_);
  if (!open_) return;
  delivered_.push_back({std::move(call), std::move(result)});
  if (delivered_.size() > 1) return;  // the loop was already told
  asio::post(executor_, [self = shared_from_this()] { self->resumeDelivered(); });
}

void SqliteCalls::resumeDelivered() {
  std::vector<Delivered> batch;
  {
    const std::lock_guard lock(mutex_);
    batch.swap(delivered_);
  }
  for (auto& delivered : batch) complete(*delivered.call, std::move(delivered.result));
}

void SqliteCalls::complete(Call& call, SqlResult result) {
  if (!call.handler) return;  // expired before
  auto handler = std::exchange(call.handler, nullptr);
  const auto work = std::exchange(call.work, std::nullopt);
  pending_.back()->index = call.index;
  std::swap(pending_[call.index], pending_.back());
  pending_.pop_back();
  handler(std::move(result));
}

void SqliteCalls::watch() {
  if (watching_ || !timer_) return;
  watching_ = true;
  timer_->expires_after(kWatchInterval);
  timer_->async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (!self || error) return;
    self->watching_ = false;
    self->expire();
    if (!self->pending_.empty()) self->watch();
  });
}

void SqliteCalls::expire() {
  const auto now = std::chrono::steady_clock::now();
  std::vector<std::shared_ptr<Call>> late;
  for (const auto& call : pending_) {
    if (now >= call->deadline) late.push_back(call);
  }
  for (const auto& call : late) {
    complete(*call, failure(SqlError::Kind::Timeout, "the database did not answer in time"));
  }
}

void SqliteCalls::close() {
  {
    const std::lock_guard lock(mutex_);
    open_ = false;
  }
  delivered_.clear();  // nothing is added any more
  timer_.reset();
  const auto pending = std::exchange(pending_, {});
  for (const auto& call : pending) {
    call->handler = nullptr;
    call->work.reset();
  }
}

}  // namespace slipway::platform
