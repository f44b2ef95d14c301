#include "platform/http_collector.hpp"

#include <gtest/gtest.h>
#include <prometheus/metric_family.h>

#include <algorithm>
#include <stdexcept>

namespace slipway::platform {
namespace {

using namespace std::chrono_literals;

class HttpCollectorTest : public ::testing::Test {
 protected:
  prometheus::MetricFamily family(const std::string& name) const {
    const auto families = collector_.Collect();
    const auto found = std::ranges::find(families, name, &prometheus::MetricFamily::name);
    if (found == families.end()) throw std::runtime_error("no family " + name);
    return *found;
  }
  static std::string label(const prometheus::ClientMetric& metric, const std::string& name) {
    const auto found =
        std::ranges::find(metric.label, name, &prometheus::ClientMetric::Label::name);
    return found == metric.label.end() ? std::string() : found->value;
  }

  HttpMetrics first_{2};
  HttpMetrics second_{2};
  HttpCollector collector_{{"/users", "unmatched"}, {&first_, &second_}};
};

TEST_F(HttpCollectorTest, CountsByMethodRouteAndStatusOverAllLoops) {
  first_.record(0, net::Method::Get, 200, 1ms);
  second_.record(0, net::Method::Get, 200, 1ms);
  second_.record(1, net::Method::Other, 418, 1ms);
  const auto requests = family("http_requests_total");
  ASSERT_EQ(requests.metric.size(), 2U);  // what never happened has no series
  const auto& known = requests.metric[0];
  EXPECT_EQ(label(known, "method"), "GET");
  EXPECT_EQ(label(known, "route"), "/users");
  EXPECT_EQ(label(known, "status"), "200");
  EXPECT_EQ(known.counter.value, 2);
  const auto& odd = requests.metric[1];
  EXPECT_EQ(label(odd, "method"), "OTHER");
  EXPECT_EQ(label(odd, "route"), "unmatched");
  EXPECT_EQ(label(odd, "status"), "599");
}

TEST_F(HttpCollectorTest, GivesDurationsByRouteCumulatively) {
  first_.record(0, net::Method::Get, 200, 40us);
  second_.record(0, net::Method::Post, 200, 2ms);
  second_.record(0, net::Method::Post, 200, 60s);
  const auto durations = family("http_request_duration_seconds");
  ASSERT_EQ(durations.metric.size(), 2U);
  const auto& users = durations.metric[0].histogram;
  EXPECT_EQ(label(durations.metric[0], "route"), "/users");
  EXPECT_EQ(users.sample_count, 3U);
  EXPECT_NEAR(users.sample_sum, 60.00204, 1e-9);
  EXPECT_EQ(users.bucket.front().cumulative_count, 1U);
  EXPECT_EQ(users.bucket.at(kDurationBuckets.size() - 1).cumulative_count, 2U);
  EXPECT_EQ(durations.metric[1].histogram.sample_count, 0U);
}

TEST_F(HttpCollectorTest, ShowsWhatIsInFlightAndWhatWasShed) {
  first_.inFlight.add(2);
  second_.inFlight.add();
  first_.shed.add(5);
  EXPECT_EQ(family("http_requests_in_flight").metric.at(0).gauge.value, 3);
  EXPECT_EQ(family("http_requests_shed_total").metric.at(0).counter.value, 5);
}

}  // namespace
}  // namespace slipway::platform
