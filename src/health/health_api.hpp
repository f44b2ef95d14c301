// What operators ask: `/`, health, readiness, metrics and the cache.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "platform/cache.hpp"
#include "platform/endpoint.hpp"
#include "platform/http_metrics.hpp"
#include "platform/metrics_page.hpp"
#include "platform/process_figures.hpp"
#include "platform/service_state.hpp"
#include "platform/sql.hpp"

namespace slipway::health {

/// What the endpoints of one loop work with; all of it outlives them.
struct HealthApiParts {
  platform::Database& database;
  platform::Cache& cache;
  const base::Clock& clock;
  const platform::ServiceState& state;
  const platform::MetricsPage& metrics;
  const std::vector<const platform::HttpMetrics*>& loops;
  platform::CpuMeter& cpu;
  /// How long database and cache, asked at the same time, may take to say that they are well: a
  /// health answer never takes 2 s.
  std::chrono::milliseconds probeLimit{1500};
};

std::vector<platform::Endpoint> healthEndpoints(HealthApiParts parts);

}  // namespace slipway::health
