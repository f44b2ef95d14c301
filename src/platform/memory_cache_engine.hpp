// The in-process cache as the engine of all loops: they share one object.
#pragma once

#include "platform/cache_engine.hpp"
#include "platform/memory_cache.hpp"

namespace slipway::platform {

class MemoryCacheEngine final : public CacheEngine {
 public:
  /// `clock` outlives this.
  MemoryCacheEngine(MemoryCacheOptions options, const base::Clock& clock)
      : cache_(std::make_shared<MemoryCache>(options, clock)) {}
  std::shared_ptr<Cache> open(net::asio::io_context&) override { return cache_; }
  CacheFigures figures() const override {
    const auto counters = cache_->counters();
    return {.tiers = {{.name = "memory", .hits = counters.hits, .misses = counters.misses}},
            .evictions = counters.evictions,
            .entries = counters.entries,
            .bytes = counters.bytes};
  }

 private:
  const std::shared_ptr<MemoryCache> cache_;
};

}  // namespace slipway::platform
