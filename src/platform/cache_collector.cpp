#include "platform/cache_collector.hpp"

#include <prometheus/metric_family.h>

#include "platform/cache_engine.hpp"
#include "platform/metric_families.hpp"

namespace slipway::platform {

namespace {

prometheus::MetricFamily requestsOf(const std::vector<CacheFigures::Tier>& tiers) {
  auto requests = metricFamily("cache_requests_total", "Look-ups in the cache by their result.",
                               prometheus::MetricType::Counter);
  for (const auto& tier : tiers) {
    const auto add = [&](const char* result, std::uint64_t count) {
      addCounter(requests, {{"tier", tier.name}, {"result", result}}, static_cast<double>(count));
    };
    add("hit", tier.hits);
    add("miss", tier.misses);
    if (tier.name == "redis") add("bypass", tier.bypasses);
  }
  return requests;
}

}  // namespace

std::vector<prometheus::MetricFamily> CacheCollector::Collect() const {
  const auto figures = caches_.figures();
  std::vector<prometheus::MetricFamily> families{
      requestsOf(figures.tiers),
      counterFamily("cache_evictions_total", "Entries that made room for others.",
                    static_cast<double>(figures.evictions)),
      gaugeFamily("cache_entries", "Entries in this process's cache.",
                  static_cast<double>(figures.entries)),
      gaugeFamily("cache_bytes", "Memory that the cache's entries take.",
                  static_cast<double>(figures.bytes))};
  if (const auto& remote = figures.remote) {
    families.push_back(gaugeFamily("redis_connections", "Event loops connected to Redis.",
                                   static_cast<double>(remote->connections)));
    families.push_back(gaugeFamily("cache_debts", "Writes that Redis has yet to be told of.",
                                   static_cast<double>(remote->debts)));
    families.push_back(counterFamily("cache_lease_waits_total",
                                     "Look-ups that waited for another loop's or replica's read.",
                                     static_cast<double>(remote->leaseWaits)));
    families.push_back(counterFamily("cache_invalidations_total",
                                     "Changes of local copies that Redis has announced.",
                                     static_cast<double>(remote->invalidations)));
  }
  return families;
}

}  // namespace slipway::platform
