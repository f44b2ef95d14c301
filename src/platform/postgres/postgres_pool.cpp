#include "platform/postgres/postgres_pool.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "platform/postgres/postgres_connector.hpp"

namespace slipway::platform {

namespace asio = net::asio;

namespace {

constexpr std::chrono::milliseconds kSweepInterval{250};
constexpr std::chrono::milliseconds kOpenPause{250};  // after a failure, while others are open
constexpr std::chrono::seconds kIdleTime{60};         // of a connection that is not the last

}  // namespace

PostgresPool::PostgresPool(const net::Executor& executor,
                           std::shared_ptr<const PostgresTarget> target,
                           const PostgresOptions& options, std::size_t size,
                           PostgresFigures& figures)
    : executor_(executor),
      target_(std::move(target)),
      options_(options),
      size_(size),
      figures_(figures),
      timer_(executor) {}

PostgresPool::Connection PostgresPool::takeIdle() {
  while (!idle_.empty()) {
    auto connection = std::move(idle_.back().connection);
    idle_.pop_back();
    publish();
    if (connection->isIdle()) return connection;
    discard(connection);
  }
  return nullptr;
}

void PostgresPool::take(Clock::time_point deadline, Done done) {
  Waiter waiter{std::move(done), deadline};
  if (closed_ || waiters_.size() >= options_.waitLimit) {
    SqlError error{SqlError::Kind::Overloaded, "too many transactions wait for a connection", {}};
    return complete(std::move(waiter), std::unexpected(std::move(error)));
  }
  if (auto connection = takeIdle()) return complete(std::move(waiter), std::move(connection));
  waiters_.push_back(std::move(waiter));
  openMore();
  watch();
  publish();
}

void PostgresPool::complete(Waiter waiter, Taken taken) {
  asio::post(executor_, [done = std::move(waiter.done), taken = std::move(taken)]() mutable {
    done(std::move(taken));
  });
}

void PostgresPool::giveBack(const Connection& connection) {
  if (!connection->isOpen()) return;  // onLost() counted it
  if (closed_ || !connection->isIdle() || connection->sawReadOnly()) {
    discard(connection);
    openMore();
    return publish();
  }
  offer(connection);
}

void PostgresPool::discard(const Connection& connection) {
  // `connection` may be the one in all_.
  const auto kept = connection;  // NOLINT(performance-unnecessary-copy-initialization)
  std::erase(all_, kept);
  kept->close();
}

void PostgresPool::offer(const Connection& connection) {
  if (waiters_.empty()) {
    idle_.push_back({connection, Clock::now()});
    if (idle_.size() > 1) watch();
  } else {
    auto waiter = std::move(waiters_.front());
    waiters_.pop_front();
    complete(std::move(waiter), connection);
  }
  publish();
}

void PostgresPool::openMore() {
  if (closed_ || (open() > 0 && Clock::now() < openAgain_)) return;
  while (open() < size_ && opening_ < waiters_.size()) {
    ++opening_;
    asio::co_spawn(
        executor_, [self = shared_from_this()] { return self->openOne(); }, asio::detached);
  }
}

net::Task<> PostgresPool::openOne() {
  const auto self = shared_from_this();
  PostgresOpened opened = co_await openPostgres(target_, options_.connectTimeout);
  --opening_;
  if (closed_) co_return;
  if (opened) {
    adopt(std::move(*opened));
  } else {
    onOpenFailed(std::move(opened.error()));
  }
}

void PostgresPool::adopt(PostgresHandle handle) {
  auto connection = std::make_shared<PostgresConnection>(executor_, std::move(handle), options_);
  const auto started = connection->start(
      [weak = weak_from_this(), raw = connection.get()](const SqlError& why, PostgresCalls calls) {
        if (const auto self = weak.lock()) self->onLost(raw, why);
        failAll(std::move(calls), why);
      });
  if (!started) return onOpenFailed(started.error());
  all_.push_back(connection);
  offer(connection);
}

void PostgresPool::onOpenFailed(std::string reason) {
  openAgain_ = Clock::now() + kOpenPause;
  // While others are open, one of them will be given back.
  if (open() == 0) failWaiters({SqlError::Kind::Unavailable, std::move(reason), {}});
  publish();
}

void PostgresPool::onLost(const PostgresConnection* connection, const SqlError& why) {
  const auto isIt = [connection](const Connection& other) { return other.get() == connection; };
  std::erase_if(all_, isIt);
  std::erase_if(idle_, [&isIt](const Idle& idle) { return isIt(idle.connection); });
  if (why.kind == SqlError::Kind::Timeout && onSilence_) onSilence_();
  openMore();
  publish();
}

void PostgresPool::refuseAll(const SqlError& why) {
  failWaiters(why);
  const auto idle = std::exchange(idle_, {});
  for (const auto& entry : idle) discard(entry.connection);
  publish();
}

void PostgresPool::failWaiters(const SqlError& error) {
  auto waiters = std::exchange(waiters_, {});
  for (auto& waiter : waiters) complete(std::move(waiter), std::unexpected(error));
}

void PostgresPool::add(PostgresHolder& holder) {
  holders_.push_back(&holder);
  watch();
}

void PostgresPool::remove(PostgresHolder& holder) { std::erase(holders_, &holder); }

void PostgresPool::watch() {
  if (closed_ || std::exchange(watching_, true)) return;
  timer_.expires_after(kSweepInterval);
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& ec) {
    const auto self = weak.lock();
    if (!ec && self && !self->closed_) self->sweep();
  });
}

void PostgresPool::sweep() {
  watching_ = false;
  const auto now = Clock::now();
  while (!waiters_.empty() && now >= waiters_.front().deadline) {
    auto waiter = std::move(waiters_.front());
    waiters_.pop_front();
    SqlError error{SqlError::Kind::Timeout, "waited too long for a connection", {}};
    complete(std::move(waiter), std::unexpected(std::move(error)));
  }
  const auto holders = holders_;
  for (auto* holder : holders) holder->checkTime(now);
  while (idle_.size() > 1 && now - idle_.front().since >= kIdleTime) {
    discard(idle_.front().connection);
    idle_.erase(idle_.begin());
  }
  openMore();
  if (!waiters_.empty() || !holders_.empty() || idle_.size() > 1) watch();
  publish();
}

void PostgresPool::publish() {
  const auto set = [](std::atomic<std::size_t>& gauge, std::size_t value) {
    gauge.store(value, std::memory_order_relaxed);
  };
  set(figures_.poolOpen, all_.size());
  set(figures_.poolBusy, all_.size() - std::min(idle_.size(), all_.size()));
  set(figures_.poolWaiting, waiters_.size());
}

void PostgresPool::close() {
  closed_ = true;
  timer_.cancel();
  idle_.clear();
  const auto all = std::exchange(all_, {});
  for (const auto& connection : all) connection->close();
  const auto dropped = std::exchange(waiters_, {});  // ends coroutines, which may come back here
}

}  // namespace slipway::platform
