// Shows the loops' HttpMetrics to Prometheus: http_requests_total{method,route,status},
// http_request_duration_seconds{route}, http_requests_in_flight, http_requests_shed_total.
#pragma once

#include <prometheus/collectable.h>

#include <string>
#include <vector>

#include "platform/http_metrics.hpp"

namespace slipway::platform {

class HttpCollector : public prometheus::Collectable {
 public:
  /// `routes`: the templates in the order of their indexes; unknown paths come last. `loops`
  /// outlive this.
  HttpCollector(std::vector<std::string> routes, std::vector<const HttpMetrics*> loops)
      : routes_(std::move(routes)), loops_(std::move(loops)) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  prometheus::MetricFamily requests() const;
  prometheus::MetricFamily durations() const;

  const std::vector<std::string> routes_;
  const std::vector<const HttpMetrics*> loops_;
};

}  // namespace slipway::platform
