// Requests that the service has answered, by what its metrics say: how many, how many of them with
// 5xx, how many within which time. Those about itself (/health, /metrics) are left out. Values.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>

#include "base/json.hpp"

namespace slipway::ops {

struct Traffic {
  std::uint64_t requests = 0;
  std::uint64_t errors = 0;  // 5xx
  /// How many took no longer than that many seconds; the last bound is infinity.
  std::map<double, std::uint64_t> within = {};

  Traffic& operator+=(const Traffic& other);
  bool operator==(const Traffic&) const = default;
};

/// What came since `earlier`. Zero where counters went back: they began anew.
Traffic since(const Traffic& now, const Traffic& earlier);

/// Of a page in Prometheus' text format (http_requests_total, http_request_duration_seconds).
Traffic readMetrics(std::string_view page);

/// The bound within which the share `quantile` of all requests was answered; 0 without requests.
double boundOf(const Traffic& traffic, double quantile);
/// How many took longer than the smallest bound that is not below `seconds`.
std::uint64_t slowerThan(const Traffic& traffic, double seconds);

base::Json toJson(const Traffic& traffic);
Traffic readTraffic(const base::Json& json);

}  // namespace slipway::ops
