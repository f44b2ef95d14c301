#include "platform/redis/redis_cache_engine.hpp"

#include <fmt/format.h>

#include <random>
#include <utility>

#include "platform/redis/redis_cache.hpp"

namespace slipway::platform {

namespace {

std::string randomId() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}.", random(), random());
}

std::uint64_t load(const std::atomic<std::uint64_t>& counter) {
  return counter.load(std::memory_order_relaxed);
}

void add(CacheFigures& sum, const RedisCache& cache) {
  const auto& counters = cache.counters();
  sum.tiers[0].hits += load(counters.localHits);
  sum.tiers[0].misses += load(counters.localMisses);
  sum.tiers[1].hits += load(counters.hits);
  sum.tiers[1].misses += load(counters.misses);
  sum.tiers[1].bypasses += load(counters.bypasses);
  sum.evictions += cache.local().evictions();
  sum.entries += cache.local().entries();
  sum.bytes += cache.local().bytes();
  sum.remote->connections += cache.isUp() ? 1 : 0;
  sum.remote->leaseWaits += load(counters.leaseWaits);
  sum.remote->invalidations += cache.invalidations();
}

}  // namespace

RedisCacheEngine::RedisCacheEngine(RedisCacheOptions options, const Logger& logger)
    : options_(std::move(options)),
      logger_(logger),
      processId_(randomId()),
      debts_(options_.maxDebts) {}

RedisCacheEngine::~RedisCacheEngine() {
  const auto owed = debts_.size();
  if (owed == 0) return;
  logger_.warning("Stopping without Redis: should it return with its memory, clear the cache",
                  {{"debts", static_cast<std::int64_t>(owed)}});
}

std::shared_ptr<Cache> RedisCacheEngine::open(net::asio::io_context& loop) {
  const std::lock_guard lock(mutex_);
  auto cache = std::make_shared<RedisCache>(loop, *this, static_cast<unsigned>(caches_.size()));
  caches_.push_back(cache);
  return cache;
}

CacheFigures RedisCacheEngine::figures() const {
  CacheFigures sum;
  sum.tiers = {{.name = "l1"}, {.name = "redis"}};
  sum.remote = CacheFigures::Remote{.debts = debts_.size()};
  const std::lock_guard lock(mutex_);
  for (const auto& weak : caches_) {
    if (const auto cache = weak.lock()) add(sum, *cache);
  }
  return sum;
}

void RedisCacheEngine::down(std::string_view reason) {
  if (down_.fetch_add(1) == 0) {
    logger_.warning("Redis is away: answering from the database", {{"reason", reason}});
  }
}

void RedisCacheEngine::up() {
  if (down_.fetch_sub(1) == 1) logger_.info("Redis is back: the cache is used again");
}

void RedisCacheEngine::warnOnce(std::atomic<bool>& said, const LogEvent& event,
                                std::string_view error) {
  if (!said.exchange(true)) logger_.log(LogLevel::Warning, event, {{"error", error}});
}

}  // namespace slipway::platform
