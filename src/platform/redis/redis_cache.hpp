// The shared cache of one event loop: Redis, and this loop's own copies (L1) of what it holds. The
// protocol that keeps all replicas right is in docs/decisions/redis-cache.md. Without Redis every
// call returns at once, and what it is owed is kept in the engine's debts. Belongs to one loop.
#pragma once

#include <deque>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>

#include "platform/cache.hpp"
#include "platform/redis/local_cache.hpp"
#include "platform/redis/redis_cache_engine.hpp"
#include "platform/redis/redis_client.hpp"
#include "platform/redis/redis_entry.hpp"
#include "platform/redis/redis_gates.hpp"
#include "platform/redis/redis_scripts.hpp"
#include "platform/redis/redis_tracking.hpp"

namespace slipway::platform {

/// Since the start; written by the loop, read from other threads.
struct RedisCacheCounters {
  std::atomic<std::uint64_t> localHits{0};
  std::atomic<std::uint64_t> localMisses{0};
  std::atomic<std::uint64_t> hits{0};
  std::atomic<std::uint64_t> misses{0};
  std::atomic<std::uint64_t> bypasses{0};
  std::atomic<std::uint64_t> leaseWaits{0};
};

class RedisCache final : public Cache {
 public:
  /// `index` tells this process's loops apart; `engine` outlives this.
  RedisCache(net::asio::io_context& loop, RedisCacheEngine& engine, unsigned index);
  ~RedisCache() override;

  net::Task<CacheLookup> get(std::string key) override;
  bool tryGet(std::string_view key, CacheLookup& lookup) override;
  net::Task<> fill(std::string key, std::uint64_t mark, std::int64_t version,
                   std::string value) override;
  net::Task<> fillAbsent(std::string key, std::uint64_t mark) override;
  void release(std::string_view key, std::uint64_t mark) override;
  net::Task<std::uint64_t> announce(std::string key) override;
  net::Task<> put(std::string key, std::uint64_t ticket, std::int64_t version,
                  std::string value) override;
  net::Task<> remove(std::string key, std::uint64_t ticket, std::int64_t version) override;
  net::Task<> suspend(std::string key, std::uint64_t ticket) override;
  void withdraw(std::string_view key, std::uint64_t ticket) override;
  net::Task<std::expected<void, std::string>> clear() override;
  net::Task<std::expected<base::Json, std::string>> stats() override;
  net::Task<Health> health() override;

  // For the engine and its figures: thread-safe.
  const RedisCacheCounters& counters() const { return counters_; }
  const LocalCache& local() const { return local_; }
  bool isUp() const { return state_ != State::Starting && state_ != State::Down; }
  std::uint64_t invalidations() const { return tracking_ ? tracking_->invalidations() : 0; }

 private:
  /// Settling: connected, but what Redis holds is not believed yet.
  enum class State : std::uint8_t { Starting, Down, Settling, Trusted };
  /// What a look at a key leaves to do.
  enum class Next : std::uint8_t { Nothing, TakeLease, WaitForLease };

  // redis_cache.cpp: reading
  bool trusts(std::string_view key);
  Next examine(const RedisReply& reply, CacheLookup& lookup);
  net::Task<CacheLookup> miss(std::string key, Next next);
  net::Task<Next> takeLease(std::string key, CacheLookup& lookup);
  net::Task<Next> waitForLease(std::string key, CacheLookup& lookup,
                               RedisConnection::TimePoint deadline);
  net::Task<const RedisReply*> ask(std::string_view key);
  net::Task<> replaceLease(std::string key, std::uint64_t mark, std::string entry,
                           std::chrono::milliseconds life);
  void count(const CacheLookup& lookup);

  // redis_cache_writes.cpp
  net::Task<bool> mark(std::string key, std::uint64_t ticket);
  net::Task<> takeBack(std::string key, std::uint64_t ticket);
  void owe(RedisDebts::Debt debt, const RedisReply* reply);
  net::Task<> letOthersNotice(RedisConnection::TimePoint began);
  net::Task<> letCopiesGo();

  // redis_cache_life.cpp: connections come and go
  net::Task<RedisClient::Outcome> prepare(RedisConnection& connection);
  void onUp();
  void onDown(std::string_view reason);
  net::Task<> recover(std::uint64_t turn);
  net::Task<bool> payDebts();
  net::Task<bool> payBatch(std::vector<RedisDebts::Debt> batch, RedisDebts::Kind kind);
  net::Task<> started();
  net::Task<> pause(std::chrono::milliseconds time);
  void pruneSuspended();

  // redis_cache_admin.cpp
  struct Pong;
  std::string whyAway() const;
  net::Task<std::expected<void, std::string>> clearKeys(std::string pattern);

  /// As Redis has it; valid until the next call.
  std::string_view full(std::string_view key);
  void noteError(const RedisReply& reply);
  std::uint64_t newTicket();
  std::string token(std::uint64_t ticket) const;
  /// The mark of a lease of this loop; 0 when it is another's.
  std::uint64_t markOf(std::string_view token) const;
  std::chrono::milliseconds jitteredTtl();

  net::asio::io_context& loop_;
  RedisCacheEngine& engine_;
  const RedisCacheOptions& options_;
  const unsigned index_;
  RedisClient client_;
  LocalCache local_;
  std::unique_ptr<RedisTracking> tracking_;  // null when copies are switched off
  std::atomic<State> state_{State::Starting};
  RedisTimer started_;      // cancelled when the first attempt to connect has ended
  std::uint64_t turn_ = 0;  // of connections
  RedisConnection::TimePoint downAt_{};
  std::string downReason_;  // of the last loss
  std::string prefix_;      // "slipway:<Redis' run>:"
  std::string scratch_;     // of full()
  std::uint64_t lastTicket_ = 0;
  RedisGates leasing_;
  RedisGates waiting_;
  std::unordered_map<std::uint64_t, std::string> writes_;  // announced and not ended, by ticket
  struct Suspended {
    RedisConnection::TimePoint ends;
    std::uint64_t ticket;
  };
  std::deque<Suspended> suspended_;  // of writes_: outcome unknown
  std::minstd_rand random_;          // for jitter only
  RedisCacheCounters counters_;
};

}  // namespace slipway::platform
