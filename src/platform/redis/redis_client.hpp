// Keeps one connection to Redis up: connects, introduces itself, and after a loss connects again in
// the background, with back-off and jitter. Between a loss and the next success it is down, and
// connection() is null: callers go on without Redis at once. Belongs to one loop, which must be
// stopped, or have dropped what is pending on it, when this is destroyed.
#pragma once

#include <expected>
#include <functional>
#include <random>
#include <string>
#include <string_view>

#include "platform/redis/redis_connection.hpp"
#include "platform/redis/redis_dialer.hpp"

namespace slipway::platform {

/// An error that means that Redis can't be used at all now, rather than that one command is wrong.
bool isUnusable(const RedisReply& error);

class RedisClient {
 public:
  using Outcome = std::expected<void, std::string>;
  struct Events {
    /// What to say on a new connection before it is used; an error closes it.
    std::function<net::Task<Outcome>(RedisConnection&)> prepare;
    std::function<void()> up;
    /// Once for every loss, and for the first attempt when it fails.
    std::function<void(std::string_view reason)> down;
    std::function<void(const RedisReply&)> message;  // of a subscriber
  };

  RedisClient(net::asio::io_context& loop, RedisOptions options);
  ~RedisClient();
  RedisClient(const RedisClient&) = delete;
  RedisClient& operator=(const RedisClient&) = delete;

  /// Begins to connect. The events may come from now on.
  void start(Events events);

  /// Null while it is down, and while it is being prepared.
  RedisConnection* connection() { return connection_; }
  const RedisOptions& options() const { return options_; }

  /// Gives the connection up, for a reason that goes to `down`.
  void drop(std::string_view reason);

 private:
  net::Task<> keepConnected();
  net::Task<Outcome> connect();
  void begin(RedisSocket socket);
  net::Task<Outcome> introduce(RedisConnection& connection);
  net::Task<> pause();
  void lost(std::string_view reason);

  net::asio::io_context& loop_;
  const RedisOptions options_;
  RedisDialer dialer_;
  RedisTimer timer_;  // the back-off; while connected: until it is lost
  Events events_;
  RedisConnection* newest_ = nullptr;      // open, prepared or not
  RedisConnection* connection_ = nullptr;  // prepared
  std::string lossReason_;
  std::chrono::milliseconds backoff_;
  bool reported_ = false;  // that it is down
  std::minstd_rand random_;
};

}  // namespace slipway::platform
