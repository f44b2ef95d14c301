#include "ops/deploy/traffic.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace slipway::ops {
namespace {

constexpr std::string_view kPage = R"(# HELP http_requests_total Requests answered.
# TYPE http_requests_total counter
http_requests_total{method="GET",route="/users",status="200"} 90
http_requests_total{method="POST",route="/users",status="503"} 7
http_requests_total{method="GET",route="/users/{user_id}",status="404"} 3
http_requests_total{method="GET",route="/health",status="503"} 1000
http_requests_total{method="GET",route="/health/ready",status="200"} 1000
http_requests_total{method="GET",route="/metrics",status="200"} 1000
http_request_duration_seconds_count{route="/users"} 97
http_request_duration_seconds_bucket{route="/users",le="0.005"} 50
http_request_duration_seconds_bucket{route="/users",le="0.1"} 96
http_request_duration_seconds_bucket{route="/users",le="+Inf"} 97
http_request_duration_seconds_bucket{route="/users/{user_id}",le="0.005"} 3
http_request_duration_seconds_bucket{route="/users/{user_id}",le="0.1"} 3
http_request_duration_seconds_bucket{route="/users/{user_id}",le="+Inf"} 3
http_request_duration_seconds_bucket{route="/metrics",le="+Inf"} 1000
process_cpu_seconds_total 5
broken{
)";

TEST(ReadMetrics, CountsAllRoutesButThoseAboutTheServiceItself) {
  const auto traffic = readMetrics(kPage);
  EXPECT_EQ(traffic.requests, 100U);
  EXPECT_EQ(traffic.errors, 7U);
  EXPECT_EQ(traffic.within,
            (std::map<double, std::uint64_t>{{0.005, 53}, {0.1, 99}, {HUGE_VAL, 100}}));
  EXPECT_EQ(readMetrics("").requests, 0U);
}

TEST(TrafficSince, IsTheDifference) {
  const auto now = readMetrics(kPage);
  auto earlier = now;
  earlier.requests = 40;
  earlier.errors = 0;
  earlier.within[0.1] = 39;
  const auto difference = since(now, earlier);
  EXPECT_EQ(difference.requests, 60U);
  EXPECT_EQ(difference.errors, 7U);
  EXPECT_EQ(difference.within.at(0.1), 60U);
  // A container that began anew counts from zero.
  EXPECT_EQ(since(earlier, now).requests, 0U);
}

TEST(BoundOf, IsTheFirstBoundWithThatShare) {
  const auto traffic = readMetrics(kPage);
  EXPECT_DOUBLE_EQ(boundOf(traffic, 0.5), 0.005);
  EXPECT_DOUBLE_EQ(boundOf(traffic, 0.99), 0.1);
  EXPECT_DOUBLE_EQ(boundOf(traffic, 1), HUGE_VAL);
  EXPECT_DOUBLE_EQ(boundOf({}, 0.99), 0);
}

TEST(SlowerThan, CountsByTheNextBound) {
  const auto traffic = readMetrics(kPage);
  EXPECT_EQ(slowerThan(traffic, 0.005), 47U);
  EXPECT_EQ(slowerThan(traffic, 0.05), 1U);
  EXPECT_EQ(slowerThan(traffic, 10), 0U);
  EXPECT_EQ(slowerThan({}, 0.1), 0U);
}

TEST(Traffic, IsWrittenAndReadAlike) {
  const auto traffic = readMetrics(kPage);
  EXPECT_EQ(readTraffic(toJson(traffic)), traffic);
  EXPECT_EQ(readTraffic(base::readJson(toJson(traffic).dump()).value()), traffic);
  EXPECT_EQ(readTraffic(base::Json::array()), Traffic{});
}

}  // namespace
}  // namespace slipway::ops
