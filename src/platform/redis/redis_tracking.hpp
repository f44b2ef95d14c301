// Keeps a loop's LocalCache right: Redis remembers what the loop's connection has read (client
// tracking) and publishes every change of it on a second connection, which this owns. While either
// connection or the tracking is missing, and from the moment that Redis can no longer be shown to
// be there, the local cache is empty and off. Belongs to one loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "platform/redis/local_cache.hpp"
#include "platform/redis/redis_client.hpp"

namespace slipway::platform {

class RedisTracking {
 public:
  using TimePoint = LocalCache::TimePoint;

  /// `data` is the client whose reads are copied; all outlive this. `changed` gets every key that
  /// is published, as Redis has it.
  RedisTracking(net::asio::io_context& loop, RedisClient& data, LocalCache& copies,
                std::function<void(std::string_view)> changed,
                std::function<void(std::string_view)> refused);

  void start();
  /// To be told by the owner of `data`.
  void dataUp() { enable(); }
  void dataDown() { disable(); }

  /// Copies may be taken.
  bool on() const { return on_; }
  /// Copies may be used: all invalidations that had come 50 us before `now` have been worked in,
  /// and Redis could be heard within its time-out.
  bool fresh(TimePoint now);

  std::uint64_t invalidations() const { return invalidations_.load(std::memory_order_relaxed); }

 private:
  net::Task<RedisClient::Outcome> subscribe(RedisConnection& connection);
  void enable();
  void disable();
  void onMessage(const RedisReply& message);
  bool lookAgain();

  RedisClient client_;
  RedisClient& data_;
  LocalCache& copies_;
  const std::function<void(std::string_view)> changed_;
  const std::function<void(std::string_view)> refused_;
  std::string id_;  // of the subscribing connection
  bool on_ = false;
  std::uint64_t turn_ = 0;  // of enable() and disable()
  TimePoint looked_{};
  std::atomic<std::uint64_t> invalidations_{0};
};

}  // namespace slipway::platform
