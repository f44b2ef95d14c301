#include "platform/http_metrics.hpp"

#include <gtest/gtest.h>

namespace slipway::platform {
namespace {

using namespace std::chrono_literals;

TEST(HttpMetrics, PutsADurationIntoTheFirstBucketThatHoldsIt) {
  EXPECT_EQ(durationBucket(0ns), 0U);
  EXPECT_EQ(durationBucket(50us), 0U);
  EXPECT_EQ(durationBucket(51us), 1U);
  EXPECT_EQ(durationBucket(5s), kDurationBuckets.size() - 1);
  EXPECT_EQ(durationBucket(6s), kDurationBuckets.size());
}

TEST(HttpMetrics, CountsAllLoopsTogether) {
  HttpMetrics first(2);
  HttpMetrics second(2);
  first.record(0, net::Method::Get, 200, 1ms);
  second.record(1, net::Method::Post, 503, 2ms);
  second.record(1, net::Method::Other, 418, 2ms);  // counted as 599
  second.inFlight.add(3);
  second.inFlight.subtract(1);
  const auto totals = totalsOf({&first, &second});
  EXPECT_EQ(totals.requests, 3U);
  EXPECT_EQ(totals.inFlight, 2U);
}

TEST(HttpMetrics, CallsServersFaultsErrorsAndNothingElse) {
  HttpMetrics metrics(1);
  for (const unsigned status : {200U, 404U, 422U, 500U, 503U, 505U}) {
    metrics.record(0, net::Method::Get, status, 1ms);
  }
  EXPECT_EQ(totalsOf({&metrics}).errors, 3U);
}

TEST(HttpTotals, EstimateQuantilesWithinBuckets) {
  HttpTotals totals;
  EXPECT_EQ(totals.quantile(0.5), 0);
  totals.durations[4] = 100;  // 0.5 to 1 ms
  EXPECT_NEAR(totals.quantile(0.5), 0.00075, 1e-9);
  EXPECT_NEAR(totals.quantile(1), 0.001, 1e-9);
  totals.durations[kDurationBuckets.size()] = 1000;
  EXPECT_EQ(totals.quantile(0.99), 5);
}

}  // namespace
}  // namespace slipway::platform
