#include "platform/cache_collector.hpp"

#include <prometheus/metric_family.h>

#include "platform/memory_cache.hpp"
#include "platform/metric_families.hpp"

namespace slipway::platform {

std::vector<prometheus::MetricFamily> CacheCollector::Collect() const {
  const auto counters = cache_.counters();
  auto requests = metricFamily("cache_requests_total", "Look-ups in the cache by their result.",
                               prometheus::MetricType::Counter);
  addCounter(requests, {{"tier", "memory"}, {"result", "hit"}}, static_cast<double>(counters.hits));
  addCounter(requests, {{"tier", "memory"}, {"result", "miss"}},
             static_cast<double>(counters.misses));
  return {
      std::move(requests),
      counterFamily("cache_evictions_total", "Entries that made room for others.",
                    static_cast<double>(counters.evictions)),
      gaugeFamily("cache_entries", "Entries in the cache.", static_cast<double>(counters.entries)),
      gaugeFamily("cache_bytes", "Memory that the cache's entries take.",
                  static_cast<double>(counters.bytes))};
}

}  // namespace slipway::platform
