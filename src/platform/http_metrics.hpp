// Counts of requests by route, method and status, and how long they took. One object a loop,
// written on it only; read from any thread (relaxed atomics with a single writer: a scrape may see
// a request in one figure and not yet in another).
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "net/http.hpp"

namespace slipway::platform {

/// Upper bounds of http_request_duration_seconds, in seconds; +Inf follows.
inline constexpr std::array<double, 16> kDurationBuckets = {
    0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
    0.025,   0.05,   0.1,     0.25,   0.5,   1,      2.5,   5};

using DurationCounts = std::array<std::uint64_t, kDurationBuckets.size() + 1>;  // not cumulative

/// The index of the bucket that a duration falls into.
std::size_t durationBucket(std::chrono::nanoseconds duration);

/// Statuses that are counted by themselves; any other is counted as the last, 599.
inline constexpr std::array<unsigned, 29> kCountedStatuses = {
    200, 201, 204, 206, 301, 302, 304, 307, 308, 400, 401, 403, 404, 405, 406,
    408, 409, 412, 413, 414, 415, 417, 422, 429, 431, 500, 503, 505, 599};

inline constexpr std::size_t kMethods = 8;

class Counter {
 public:
  void add(std::uint64_t amount = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  void subtract(std::uint64_t amount) { add(~amount + 1); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

struct RouteMetrics {
  std::array<std::array<Counter, kCountedStatuses.size()>, kMethods> requests;
  std::array<Counter, kDurationBuckets.size() + 1> durations;  // not cumulative
  Counter durationNanoseconds;
};

class HttpMetrics {
 public:
  explicit HttpMetrics(std::size_t routes) : routes_(routes) {}

  void record(std::size_t route, net::Method method, unsigned status,
              std::chrono::nanoseconds duration);
  const std::deque<RouteMetrics>& routes() const { return routes_; }

  Counter inFlight;
  Counter shed;  // refused because too much was in flight

 private:
  std::deque<RouteMetrics> routes_;  // atomics don't move
};

struct HttpTotals {
  std::uint64_t requests = 0;
  std::uint64_t errors = 0;  // answers of 500 and above
  std::uint64_t inFlight = 0;
  DurationCounts durations{};

  /// The duration in seconds below which a share (0..1) of requests stays, interpolated within
  /// its bucket as PromQL's histogram_quantile does; 0 without requests.
  double quantile(double share) const;
};

HttpTotals totalsOf(const std::vector<const HttpMetrics*>& loops);

}  // namespace slipway::platform
