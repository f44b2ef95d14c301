// db_query_duration_seconds{query}: how long statements took in the engine, and
// db_pool_connections{state} beside how many there may be. Thread-safe.
#pragma once

#include <prometheus/collectable.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "platform/http_metrics.hpp"
#include "platform/sql_engine.hpp"

namespace slipway::platform {

class QueryMetrics : public prometheus::Collectable {
 public:
  /// `pool` is asked at each scrape; what it refers to outlives this.
  explicit QueryMetrics(std::function<PoolFigures()> pool) : pool_(std::move(pool)) {}

  /// `query` is a constant's name: there are as many as statements in the program.
  void observe(std::string_view query, std::chrono::nanoseconds duration);
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  struct Durations {
    DurationCounts buckets{};
    std::uint64_t nanoseconds = 0;
  };

  const std::function<PoolFigures()> pool_;
  mutable std::mutex mutex_;
  std::map<std::string, Durations, std::less<>> byQuery_;  // guarded by mutex_
};

}  // namespace slipway::platform
