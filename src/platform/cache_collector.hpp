// Shows the in-process cache to Prometheus: cache_requests_total{tier,result} and its size.
#pragma once

#include <prometheus/collectable.h>

#include <vector>

namespace slipway::platform {

class MemoryCache;

class CacheCollector : public prometheus::Collectable {
 public:
  /// `cache` outlives this.
  explicit CacheCollector(const MemoryCache& cache) : cache_(cache) {}
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const MemoryCache& cache_;
};

}  // namespace slipway::platform
