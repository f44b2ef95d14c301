#include "platform/metrics_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/metric_family.h>

#include "platform/metric_families.hpp"

namespace slipway::platform {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

class Figures final : public prometheus::Collectable {
 public:
  std::vector<prometheus::MetricFamily> Collect() const override {
    auto durations = metricFamily("took_seconds", "How long.", prometheus::MetricType::Histogram);
    DurationCounts counts{};
    counts[0] = 2;
    addHistogram(durations, {{"route", "/a_total b"}}, counts, 1'000);
    return {counterFamily("things_total", "All _total things.", 3),
            gaugeFamily("depth", "Of the queue.", 4), std::move(durations)};
  }
};

class MetricsPageTest : public ::testing::Test {
 protected:
  MetricsPageTest() { page_.add(std::make_shared<Figures>()); }
  MetricsPage page_;
};

TEST_F(MetricsPageTest, IsPrometheusText) {
  const auto text = page_.print(MetricsFormat::Text);
  EXPECT_THAT(text, HasSubstr("# HELP things_total All _total things.\n"
                              "# TYPE things_total counter\nthings_total 3\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE depth gauge\ndepth 4\n"));
  EXPECT_THAT(text, HasSubstr("took_seconds_count{route=\"/a_total b\"} 2\n"));
  EXPECT_THAT(text, Not(HasSubstr("# EOF")));
}

TEST_F(MetricsPageTest, IsOpenMetricsWhereFamiliesOfCountersHaveNoSuffix) {
  const auto text = page_.print(MetricsFormat::OpenMetrics);
  EXPECT_THAT(text, HasSubstr("# HELP things All _total things.\n"
                              "# TYPE things counter\nthings_total 3\n"));
  EXPECT_THAT(text, HasSubstr("took_seconds_count{route=\"/a_total b\"} 2\n"));
  EXPECT_THAT(text, EndsWith("\n# EOF\n"));
}

TEST_F(MetricsPageTest, GathersFromAllSources) {
  page_.add(std::make_shared<Figures>());
  const auto text = page_.print(MetricsFormat::Text);
  EXPECT_NE(text.find("depth 4"), text.rfind("depth 4"));
}

TEST(MetricsPage, NamesItsFormats) {
  EXPECT_THAT(std::string(contentTypeOf(MetricsFormat::Text)), HasSubstr("text/plain; version=0"));
  EXPECT_THAT(std::string(contentTypeOf(MetricsFormat::OpenMetrics)),
              HasSubstr("application/openmetrics-text; version=1.0.0"));
}

}  // namespace
}  // namespace slipway::platform
