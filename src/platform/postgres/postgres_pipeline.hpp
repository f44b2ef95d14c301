// A loop's shared connection for single statements, kept up in the background. While it is being
// opened again after a loss, calls wait a moment; when that fails, or the server was silent, all
// are answered Unavailable at once until a connection stands. Lives on one loop.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <utility>

#include "net/task.hpp"
#include "platform/postgres/postgres_connection.hpp"
#include "platform/postgres/postgres_options.hpp"
#include "platform/postgres/postgres_status.hpp"
#include "platform/postgres/postgres_target.hpp"

namespace slipway::platform {

class PostgresPipeline : public std::enable_shared_from_this<PostgresPipeline> {
 public:
  /// `options`, `status` and `figures` outlive it.
  PostgresPipeline(const net::Executor& executor, std::shared_ptr<const PostgresTarget> target,
                   const PostgresOptions& options, PostgresStatus& status,
                   PostgresFigures& figures);

  /// Opens the connection in the background, and again whenever it is lost, until close().
  void start();
  void close();
  /// `action` runs whenever calls begin to be answered Unavailable at once.
  void onDown(std::function<void(const SqlError& why)> action) { onDown_ = std::move(action); }

  /// As PostgresConnection::submit(). A call that may be repeated is, once, when its connection is
  /// lost; one that was not sent always.
  void submit(PostgresCall call);
  /// False while calls are answered Unavailable at once.
  bool isAvailable() const { return state_ != State::Down; }
  /// Why it is not available.
  SqlError downReason() const;
  /// How long the server has been silent although there is something to answer.
  std::chrono::steady_clock::duration silence() const;
  bool isBusy() const { return connection_ && connection_->pending() > 0; }
  /// Another connection found the server silent: asks on this one, which counts as silent too
  /// when it gets no answer within the health time-out.
  void distrust();
  /// Opens a connection anew, once what is in flight was answered: another server may be the
  /// primary now. No more often than once a second.
  void retire();

 private:
  enum class State : std::uint8_t {
    Opening,  // calls wait
    Up,
    Down,  // calls fail
  };

  net::Task<> keepOpening();
  void adopt(PostgresHandle handle);
  void onLost(const SqlError& why, PostgresCalls calls);
  void reopen();
  void goDown(SqlError why);
  void enter(State next);
  void watchWaiting();
  void noteLost(std::string_view reason);
  std::chrono::milliseconds nextPause();

  const net::Executor executor_;
  const std::shared_ptr<const PostgresTarget> target_;
  const PostgresOptions& options_;
  PostgresStatus& status_;
  PostgresFigures& figures_;
  PostgresTimer pauseTimer_;
  PostgresTimer waitTimer_;
  std::function<void(const SqlError& why)> onDown_;
  std::shared_ptr<PostgresConnection> connection_;
  std::deque<PostgresCall> waiting_;
  State state_ = State::Opening;
  SqlError downReason_{SqlError::Kind::Unavailable, "not connected yet", {}};
  std::chrono::steady_clock::time_point lastRetired_{};
  std::minstd_rand random_;
  unsigned failures_ = 0;
  bool opening_ = false;
  bool toldLost_ = false;
  bool retiring_ = false;
  bool distrusted_ = false;
  bool closed_ = false;
};

}  // namespace slipway::platform
