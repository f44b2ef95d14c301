// A short load: so many GET requests by so many clients, each of which asks as soon as it has its
// answer, or at a steady rate. Answers 429 are waited for and no errors. On the caller's loop.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "net/task.hpp"
#include "ops/validate/report.hpp"
#include "ops/validate/service_client.hpp"

namespace slipway::ops {

struct LoadPlan {
  std::size_t requests = 100;
  std::size_t clients = 4;
  double ratePerSecond = 0;        // of all together; 0: as fast as they are answered
  std::chrono::seconds limit{60};  // then it ends with what it has
  std::string path = "/health/live";
};

struct Thresholds {
  LoadFigures::Milliseconds mean{200};
  LoadFigures::Milliseconds p99{0};  // 0: none
  double errorPercent = 1.0;
};

net::Task<LoadFigures> runLoad(const ServiceAccess& access, LoadPlan plan);

Check judge(const LoadFigures& figures, const LoadPlan& plan, const Thresholds& thresholds);

/// Mean, maximum and percentiles (nearest rank) of `latencies`, which it sorts.
void summarise(LoadFigures& figures, std::vector<LoadFigures::Milliseconds>& latencies);

}  // namespace slipway::ops
