// Waiting for the socket of a libpq connection, which libpq owns and closes. Lives on one loop.
#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <chrono>
#include <memory>

#include "net/task.hpp"

namespace slipway::platform {

using PostgresDescriptor = net::asio::posix::basic_stream_descriptor<net::Executor>;
using PostgresTimer = net::asio::basic_waitable_timer<
    std::chrono::steady_clock, net::asio::wait_traits<std::chrono::steady_clock>, net::Executor>;

/// For a connection that is being opened. PQconnectPoll may close its socket and open another one
/// under the same number, which epoll then knows nothing of: so the registration lasts for one
/// wait only and is gone before libpq is called.
class PostgresOpeningSocket {
 public:
  /// All waits together end after `limit`.
  PostgresOpeningSocket(const net::Executor& executor, std::chrono::milliseconds limit);
  PostgresOpeningSocket(const PostgresOpeningSocket&) = delete;
  PostgresOpeningSocket& operator=(const PostgresOpeningSocket&) = delete;

  /// False when the time is over.
  net::Task<bool> wait(int socket, PostgresDescriptor::wait_type type);

 private:
  /// Shared with the timer's handler, which may still be queued when this is gone.
  struct State {
    explicit State(const net::Executor& executor) : descriptor(executor) {}
    ~State() { letGo(); }
    void letGo();

    PostgresDescriptor descriptor;
    bool timedOut = false;
  };

  std::shared_ptr<State> state_;
  PostgresTimer timer_;
};

}  // namespace slipway::platform
