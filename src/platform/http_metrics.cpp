#include "platform/http_metrics.hpp"

#include <algorithm>

namespace slipway::platform {

namespace {

std::size_t statusIndex(unsigned status) {
  if (status == 200) return 0;
  const auto found = std::find(kCountedStatuses.begin(), kCountedStatuses.end(), status);
  if (found == kCountedStatuses.end()) return kCountedStatuses.size() - 1;
  return static_cast<std::size_t>(found - kCountedStatuses.begin());
}

}  // namespace

std::size_t durationBucket(std::chrono::nanoseconds duration) {
  const double seconds = std::chrono::duration<double>(duration).count();
  std::size_t index = 0;
  while (index < kDurationBuckets.size() && seconds > kDurationBuckets[index]) ++index;
  return index;
}

void HttpMetrics::record(std::size_t route, net::Method method, unsigned status,
                         std::chrono::nanoseconds duration) {
  auto& metrics = routes_[route];
  metrics.requests[static_cast<std::size_t>(method)][statusIndex(status)].add();
  metrics.durations[durationBucket(duration)].add();
  metrics.durationNanoseconds.add(static_cast<std::uint64_t>(duration.count()));
}

HttpTotals totalsOf(const std::vector<const HttpMetrics*>& loops) {
  HttpTotals totals;
  for (const auto* loop : loops) {
    totals.inFlight += loop->inFlight.value();
    for (const auto& route : loop->routes()) {
      for (const auto& method : route.requests) {
        for (std::size_t i = 0; i < kCountedStatuses.size(); ++i) {
          totals.requests += method[i].value();
          if (kCountedStatuses[i] >= 500) totals.errors += method[i].value();
        }
      }
      for (std::size_t i = 0; i < totals.durations.size(); ++i) {
        totals.durations[i] += route.durations[i].value();
      }
    }
  }
  return totals;
}

double HttpTotals::quantile(double share) const {
  std::uint64_t all = 0;
  for (const auto count : durations) all += count;
  if (all == 0) return 0;
  const double rank = share * static_cast<double>(all);
  double below = 0;
  for (std::size_t i = 0; i < kDurationBuckets.size(); ++i) {
    const auto count = static_cast<double>(durations[i]);
    if (count > 0 && below + count >= rank) {
      const double low = i == 0 ? 0 : kDurationBuckets[i - 1];
      return low + (kDurationBuckets[i] - low) * (rank - below) / count;
    }
    below += count;
  }
  return kDurationBuckets.back();
}

}  // namespace slipway::platform
