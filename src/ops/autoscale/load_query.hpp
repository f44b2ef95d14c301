// What Prometheus knows of the service's load, asked over its HTTP API. Blocking, with a time
// limit.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "ops/autoscale/decision.hpp"
#include "ops/http/http_client.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

struct PrometheusPlace {
  std::string host;
  std::uint16_t port = 9090;
};

/// Of "http://prometheus:9090". Error: it is no such URL.
Result<PrometheusPlace> prometheusPlace(const std::string& url);

/// Error: Prometheus does not answer, or does not know all of it (no replica was scraped in the
/// last minute): then nothing may be decided.
Result<Load> askLoad(const PrometheusPlace& place, unsigned maxInFlight, HttpClient& http);

/// The number of an answer to /api/v1/query; nothing for an empty result and for NaN. Error: it is
/// no such answer.
Result<std::optional<double>> readQueryAnswer(const std::string& body);

}  // namespace slipway::ops
