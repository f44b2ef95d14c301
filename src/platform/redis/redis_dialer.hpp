// Finds and connects to Redis, within a time-out. Names are looked up by the system's resolver on
// Asio's own thread: a look-up that hangs is left behind, and no second one started meanwhile.
// Belongs to one loop.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "platform/redis/redis_connection.hpp"

namespace slipway::platform {

class RedisDialer {
 public:
  RedisDialer(const net::Executor& executor, const RedisOptions& options)
      : executor_(executor), options_(options) {}

  /// Error: what failed, for people. This object must outlive the task.
  net::Task<std::expected<RedisSocket, std::string>> dial();

 private:
  struct Lookup;
  using Endpoints = std::vector<net::asio::ip::tcp::endpoint>;

  net::Task<std::expected<Endpoints, std::string>> lookUp(std::chrono::milliseconds timeout);

  const net::Executor executor_;
  const RedisOptions& options_;
  std::shared_ptr<Lookup> lookup_;  // under way
};

}  // namespace slipway::platform
