// The cache inside the process: bounded in bytes, the least recently used goes first. One object
// serves all event loops; its members may be called on any of them and never suspend. The clock
// must outlive it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "platform/cache.hpp"

namespace slipway::platform {

struct MemoryCacheOptions {
  std::size_t maxBytes = 64 * 1024 * 1024;       // keys, values and what it takes to hold them
  std::chrono::milliseconds ttl{300'000};        // of values; each gets up to 10 % more or less
  std::chrono::milliseconds absentTtl{30'000};   // of "no such row"
  std::chrono::milliseconds markTtl{15'000};     // how long a read of the database may take
  std::chrono::milliseconds suspendTtl{60'000};  // longer than any commit may take to end
  std::size_t shards = 16;                       // locks, each over its part of the bytes
  std::int64_t clients = 1;                      // event loops, for stats()
};

/// Since the start, over all loops.
struct MemoryCacheCounters {
  std::uint64_t hits = 0;  // Absent counts as a hit
  std::uint64_t misses = 0;
  std::uint64_t commands = 0;
  std::uint64_t evictions = 0;
  std::uint64_t expired = 0;
  std::size_t entries = 0;
  std::size_t bytes = 0;
};

class MemoryCache final : public Cache {
 public:
  MemoryCache(MemoryCacheOptions options, const base::Clock& clock);
  ~MemoryCache() override;
  MemoryCache(const MemoryCache&) = delete;
  MemoryCache& operator=(const MemoryCache&) = delete;

  net::Task<CacheLookup> get(std::string key) override;
  /// Always true.
  bool tryGet(std::string_view key, CacheLookup& lookup) override;
  net::Task<> fill(std::string key, std::uint64_t mark, std::int64_t version,
                   std::string value) override;
  net::Task<> fillAbsent(std::string key, std::uint64_t mark) override;
  void release(std::string_view, std::uint64_t) override {}
  /// Nothing to do: a put() is seen by everybody at once.
  net::Task<std::uint64_t> announce(std::string key) override;
  net::Task<> put(std::string key, std::uint64_t ticket, std::int64_t version,
                  std::string value) override;
  net::Task<> remove(std::string key, std::uint64_t ticket, std::int64_t version) override;
  net::Task<> suspend(std::string key, std::uint64_t ticket) override;
  void withdraw(std::string_view, std::uint64_t) override {}
  net::Task<std::expected<void, std::string>> clear() override;
  net::Task<std::expected<base::Json, std::string>> stats() override;
  net::Task<Health> health() override;

  MemoryCacheCounters counters() const;

 private:
  class Shard;

  Shard& shardOf(std::string_view key);

  const MemoryCacheOptions options_;
  const base::Clock& clock_;
  std::unique_ptr<Shard[]> shards_;
};

/// `512B`, `1.02M`: as Redis prints used_memory_human.
std::string humanBytes(std::uint64_t bytes);

}  // namespace slipway::platform
