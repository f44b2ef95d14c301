// The shared cache in Redis: what all loops of the process use together, and the loops' caches.
// Made before the loops and outlives them and their caches. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "platform/cache_engine.hpp"
#include "platform/log.hpp"
#include "platform/redis/redis_debts.hpp"
#include "platform/redis/redis_options.hpp"

namespace slipway::platform {

struct RedisCacheOptions {
  RedisOptions redis;
  bool local = true;                            // keep copies in each loop's memory
  std::size_t localBytes = 64 * 1024 * 1024;    // of all loops together
  unsigned loops = 1;                           // that share them
  std::chrono::milliseconds ttl{300'000};       // of values; each gets up to 10 % more or less
  std::chrono::milliseconds absentTtl{30'000};  // of "no such row"
  std::chrono::milliseconds leaseTtl{2'000};    // and so how long a miss waits for another's read
  std::chrono::milliseconds writeTtl{60'000};   // longer than any commit may take to end
  /// After a reconnection: long enough for all others to reconnect and pay what they owe.
  std::chrono::milliseconds settle{2'000};
  std::size_t maxDebts = 65'536;
};

class RedisCache;

class RedisCacheEngine final : public CacheEngine {
 public:
  /// `logger` outlives this.
  RedisCacheEngine(RedisCacheOptions options, const Logger& logger);
  /// Warns when Redis is still owed something.
  ~RedisCacheEngine() override;
  RedisCacheEngine(const RedisCacheEngine&) = delete;
  RedisCacheEngine& operator=(const RedisCacheEngine&) = delete;

  std::shared_ptr<Cache> open(net::asio::io_context& loop) override;
  CacheFigures figures() const override;

  // For the loops' caches.

  const RedisCacheOptions& options() const { return options_; }
  RedisDebts& debts() { return debts_; }
  /// Begins the token of every lease and announcement of this process.
  const std::string& processId() const { return processId_; }
  /// A loop's connection was lost, or is in use again: logged once for all loops.
  void down(std::string_view reason);
  void up();
  /// No loop is without Redis, or still waits until it may be believed.
  bool allUp() const { return down_ == 0; }
  /// The loop is no longer counted as down.
  void forgetDown() { down_.fetch_sub(1); }
  void warnOnce(std::atomic<bool>& said, const LogEvent& event, std::string_view error);
  std::atomic<bool> saidFull{false};
  std::atomic<bool> saidError{false};
  std::atomic<bool> saidNoTracking{false};

 private:
  const RedisCacheOptions options_;
  const Logger& logger_;
  const std::string processId_;
  RedisDebts debts_;
  std::atomic<unsigned> down_{0};  // loops without a connection
  mutable std::mutex mutex_;
  std::vector<std::weak_ptr<const RedisCache>> caches_;
};

}  // namespace slipway::platform
