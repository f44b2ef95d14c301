#include "platform/memory_cache.hpp"

#include <fmt/core.h>

#include <cmath>
#include <functional>
#include <utility>

#include "platform/memory_cache_shard.hpp"

namespace slipway::platform {

namespace {

MemoryCacheOptions checked(MemoryCacheOptions options) {
  if (options.shards == 0) options.shards = 1;
  return options;
}

}  // namespace

MemoryCache::MemoryCache(MemoryCacheOptions options, const base::Clock& clock)
    : options_(checked(options)),
      clock_(clock),
      shards_(std::make_unique<Shard[]>(options_.shards)) {
  for (std::size_t i = 0; i < options_.shards; ++i) shards_[i].configure(options_, i);
}

MemoryCache::~MemoryCache() = default;

MemoryCache::Shard& MemoryCache::shardOf(std::string_view key) {
  // The high bits: the low ones choose the bucket inside the shard.
  return shards_[(std::hash<std::string_view>{}(key) >> 32) % options_.shards];
}

bool MemoryCache::tryGet(std::string_view key, CacheLookup& lookup) {
  shardOf(key).get(key, clock_.now(), lookup);
  return true;
}

net::Task<CacheLookup> MemoryCache::get(std::string key) {
  CacheLookup lookup;
  tryGet(key, lookup);
  co_return lookup;
}

net::Task<> MemoryCache::fill(std::string key, std::uint64_t mark, std::int64_t version,
                              std::string value) {
  shardOf(key).fill(key, mark, version, std::move(value), clock_.now());
  co_return;
}

net::Task<> MemoryCache::fillAbsent(std::string key, std::uint64_t mark) {
  shardOf(key).fillAbsent(key, mark, clock_.now());
  co_return;
}

net::Task<std::uint64_t> MemoryCache::announce(std::string) { co_return 0; }

net::Task<> MemoryCache::put(std::string key, std::uint64_t, std::int64_t version,
                             std::string value) {
  shardOf(key).put(key, version, std::move(value), clock_.now());
  co_return;
}

net::Task<> MemoryCache::remove(std::string key, std::uint64_t, std::int64_t version) {
  Shard& shard = shardOf(key);
  shard.remove(std::move(key), version, clock_.now());
  co_return;
}

net::Task<> MemoryCache::suspend(std::string key, std::uint64_t) {
  Shard& shard = shardOf(key);
  shard.suspend(std::move(key), clock_.now());
  co_return;
}

net::Task<std::expected<void, std::string>> MemoryCache::clear() {
  for (std::size_t i = 0; i < options_.shards; ++i) shards_[i].clear();
  co_return std::expected<void, std::string>();
}

net::Task<Health> MemoryCache::health() { co_return Health(); }

MemoryCacheCounters MemoryCache::counters() const {
  MemoryCacheCounters sum;
  for (std::size_t i = 0; i < options_.shards; ++i) shards_[i].addTo(sum);
  return sum;
}

net::Task<std::expected<base::Json, std::string>> MemoryCache::stats() {
  const auto sum = counters();
  const auto lookups = static_cast<double>(sum.hits + sum.misses);
  const double hitRate =
      lookups > 0 ? std::round(static_cast<double>(sum.hits) / lookups * 10'000) / 10'000 : 0.0;
  auto keyspace = base::Json::object({{"keys", static_cast<std::uint64_t>(sum.entries)},
                                      {"expires", static_cast<std::uint64_t>(sum.entries)}});
  base::Json body = base::Json::object();
  body.set("connected_clients", options_.clients);
  body.set("used_memory_human", humanBytes(sum.bytes));
  body.set("total_commands_processed", sum.commands);
  body.set("keyspace", std::move(keyspace));
  body.set("hits", sum.hits);
  body.set("misses", sum.misses);
  body.set("hit_rate", hitRate);
  body.set("evictions", sum.evictions);
  body.set("expired", sum.expired);
  body.set("entries", static_cast<std::uint64_t>(sum.entries));
  body.set("used_memory_bytes", static_cast<std::uint64_t>(sum.bytes));
  body.set("max_memory_bytes", static_cast<std::uint64_t>(options_.maxBytes));
  body.set("backend", "memory");
  co_return std::expected<base::Json, std::string>(std::move(body));
}

std::string humanBytes(std::uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{}B", bytes);
  auto size = static_cast<double>(bytes);
  for (const char unit : {'K', 'M', 'G', 'T'}) {
    size /= 1024;
    if (size < 1024) return fmt::format("{:.2f}{}", size, unit);
  }
  return fmt::format("{:.2f}P", size / 1024);
}

}  // namespace slipway::platform
