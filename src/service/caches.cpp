#include "service/caches.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "platform/memory_cache_engine.hpp"
#include "platform/redis/redis_cache_engine.hpp"

namespace slipway::service {

namespace {

/// A commit may take as long as its statement, and as long again to be given up.
constexpr std::chrono::milliseconds kLeastWriteTime{60'000};

platform::RedisCacheOptions redisOptions(const Settings& settings) {
  auto redis = platform::parseRedisUrl(settings.redisUrl.reveal());
  if (!redis) throw std::runtime_error("REDIS_URL: " + redis.error());
  redis->timeout = settings.redisTimeout;
  return {.redis = std::move(*redis),
          .local = settings.cacheLocal,
          .localBytes = settings.cacheMaxBytes,
          .loops = settings.workers,
          .ttl = settings.cacheTtl,
          .writeTtl = std::max(kLeastWriteTime, 2 * settings.databaseStatementTimeout)};
}

}  // namespace

std::unique_ptr<platform::CacheEngine> makeCaches(const Settings& settings,
                                                  const platform::Logger& logger,
                                                  const base::Clock& clock) {
  if (!settings.redisUrl.empty()) {
    return std::make_unique<platform::RedisCacheEngine>(redisOptions(settings), logger);
  }
  const platform::MemoryCacheOptions options{
      .maxBytes = settings.cacheMaxBytes,
      .ttl = settings.cacheTtl,
      .clients = static_cast<std::int64_t>(settings.workers)};
  return std::make_unique<platform::MemoryCacheEngine>(options, clock);
}

}  // namespace slipway::service
