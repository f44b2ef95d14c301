// Shows the cache to Prometheus: cache_requests_total{tier,result}, its size, and how the shared
// cache is doing.
#pragma once

#include <prometheus/collectable.h>

#include <vector>

namespace slipway::platform {

class CacheEngine;

class CacheCollector : public prometheus::Collectable {
 public:
  /// `caches` outlives this.
  explicit CacheCollector(const CacheEngine& caches) : caches_(caches) {}
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const CacheEngine& caches_;
};

}  // namespace slipway::platform
