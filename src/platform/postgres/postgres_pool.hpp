// A loop's connections for transactions: few, opened when needed, the one used last first. Waiting
// for one is bounded in number and time. Lives on one loop, is owned by shared_ptr.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/task.hpp"
#include "platform/postgres/postgres_connection.hpp"
#include "platform/postgres/postgres_options.hpp"
#include "platform/postgres/postgres_status.hpp"
#include "platform/postgres/postgres_target.hpp"

namespace slipway::platform {

/// What holds a connection for a limited time.
class PostgresHolder {
 public:
  virtual ~PostgresHolder() = default;
  /// Called about once a second.
  virtual void checkTime(std::chrono::steady_clock::time_point now) = 0;
};

class PostgresPool : public std::enable_shared_from_this<PostgresPool> {
 public:
  using Clock = PostgresCall::Clock;
  using Connection = std::shared_ptr<PostgresConnection>;
  using Taken = std::expected<Connection, SqlError>;
  using Done = std::move_only_function<void(Taken)>;

  /// At most `size` connections. `options` and `figures` outlive it.
  PostgresPool(const net::Executor& executor, std::shared_ptr<const PostgresTarget> target,
               const PostgresOptions& options, std::size_t size, PostgresFigures& figures);

  /// An idle connection, or null.
  Connection takeIdle();
  /// `done` is called from the loop, never in here: with a connection, Timeout after `deadline`,
  /// Overloaded when too many wait, Unavailable when none can be opened.
  void take(Clock::time_point deadline, Done done);
  /// For another user when it is idle, otherwise it is closed.
  void giveBack(const Connection& connection);
  void close();
  /// `action` runs when a connection is lost because the server is silent.
  void onSilence(std::function<void()> action) { onSilence_ = std::move(action); }
  /// The server is not there: fails who waits, and closes what is idle, which may be cut off.
  void refuseAll(const SqlError& why);

  /// `holder` is told the time until remove().
  void add(PostgresHolder& holder);
  void remove(PostgresHolder& holder);

 private:
  struct Waiter {
    Done done;
    Clock::time_point deadline;
  };
  struct Idle {
    Connection connection;
    Clock::time_point since;
  };

  /// Those being opened too.
  std::size_t open() const { return all_.size() + opening_; }
  void discard(const Connection& connection);
  void openMore();
  net::Task<> openOne();
  void adopt(PostgresHandle handle);
  void onOpenFailed(std::string reason);
  void onLost(const PostgresConnection* connection, const SqlError& why);
  void offer(const Connection& connection);
  void complete(Waiter waiter, Taken taken);
  void failWaiters(const SqlError& error);
  void watch();
  void sweep();
  void publish();

  const net::Executor executor_;
  const std::shared_ptr<const PostgresTarget> target_;
  const PostgresOptions& options_;
  const std::size_t size_;
  PostgresFigures& figures_;
  PostgresTimer timer_;
  std::vector<Connection> all_;  // that are open
  std::vector<Idle> idle_;       // the one used last at the end
  std::deque<Waiter> waiters_;
  std::vector<PostgresHolder*> holders_;
  std::function<void()> onSilence_;
  std::size_t opening_ = 0;
  Clock::time_point openAgain_{};  // not before
  bool watching_ = false;
  bool closed_ = false;
};

}  // namespace slipway::platform
