#include "platform/query_metrics.hpp"

#include <prometheus/metric_family.h>

#include "platform/metric_families.hpp"

namespace slipway::platform {

void QueryMetrics::observe(std::string_view query, std::chrono::nanoseconds duration) {
  const auto bucket = durationBucket(duration);
  const std::lock_guard lock(mutex_);
  auto entry = byQuery_.find(query);
  if (entry == byQuery_.end()) entry = byQuery_.emplace(query, Durations{}).first;
  ++entry->second.buckets[bucket];
  entry->second.nanoseconds += static_cast<std::uint64_t>(duration.count());
}

std::vector<prometheus::MetricFamily> QueryMetrics::Collect() const {
  auto durations =
      metricFamily("db_query_duration_seconds", "Time that a statement took in the database.",
                   prometheus::MetricType::Histogram);
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [query, figures] : byQuery_) {
      addHistogram(durations, {{"query", query}}, figures.buckets, figures.nanoseconds);
    }
  }
  const auto pool = pool_();
  auto connections = metricFamily("db_pool_connections", "Database connections by state.",
                                  prometheus::MetricType::Gauge);
  addGauge(connections, {{"state", "idle"}}, static_cast<double>(pool.idle));
  addGauge(connections, {{"state", "busy"}}, static_cast<double>(pool.busy));
  return {std::move(durations), std::move(connections),
          gaugeFamily("db_pool_connections_max", "Database connections that there may be.",
                      static_cast<double>(pool.limit)),
          gaugeFamily("db_pool_waiting", "Calls that wait for a database connection.",
                      static_cast<double>(pool.waiting))};
}

}  // namespace slipway::platform
