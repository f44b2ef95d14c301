#include "platform/http_collector.hpp"

#include <prometheus/metric_family.h>

#include "platform/metric_families.hpp"

namespace slipway::platform {

namespace {

constexpr std::array<std::string_view, kMethods> kMethodLabels = {
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "OTHER"};

std::uint64_t sum(const std::vector<const HttpMetrics*>& loops, auto figure) {
  std::uint64_t total = 0;
  for (const auto* loop : loops) total += figure(*loop);
  return total;
}

}  // namespace

std::vector<prometheus::MetricFamily> HttpCollector::Collect() const {
  const auto inFlight = sum(loops_, [](const auto& loop) { return loop.inFlight.value(); });
  const auto shed = sum(loops_, [](const auto& loop) { return loop.shed.value(); });
  return {
      requests(), durations(),
      gaugeFamily("http_requests_in_flight", "Requests being answered now.",
                  static_cast<double>(inFlight)),
      counterFamily("http_requests_shed_total", "Requests refused because too many were in flight.",
                    static_cast<double>(shed))};
}

prometheus::MetricFamily HttpCollector::requests() const {
  auto family =
      metricFamily("http_requests_total", "Requests answered.", prometheus::MetricType::Counter);
  for (std::size_t route = 0; route < routes_.size(); ++route) {
    for (std::size_t method = 0; method < kMethods; ++method) {
      for (std::size_t status = 0; status < kCountedStatuses.size(); ++status) {
        const auto count = sum(loops_, [&](const HttpMetrics& loop) {
          return loop.routes()[route].requests[method][status].value();
        });
        if (count == 0) continue;
        addCounter(family,
                   {{"method", kMethodLabels[method]},
                    {"route", routes_[route]},
                    {"status", std::to_string(kCountedStatuses[status])}},
                   static_cast<double>(count));
      }
    }
  }
  return family;
}

prometheus::MetricFamily HttpCollector::durations() const {
  auto family = metricFamily("http_request_duration_seconds", "Time from request to answer.",
                             prometheus::MetricType::Histogram);
  for (std::size_t route = 0; route < routes_.size(); ++route) {
    DurationCounts counts{};
    for (std::size_t i = 0; i < counts.size(); ++i) {
      counts[i] = sum(loops_, [&](const HttpMetrics& loop) {
        return loop.routes()[route].durations[i].value();
      });
    }
    const auto nanoseconds = sum(loops_, [&](const HttpMetrics& loop) {
      return loop.routes()[route].durationNanoseconds.value();
    });
    addHistogram(family, {{"route", routes_[route]}}, counts, nanoseconds);
  }
  return family;
}

}  // namespace slipway::platform
