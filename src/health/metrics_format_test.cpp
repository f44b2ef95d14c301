#include "health/metrics_format.hpp"

#include <gtest/gtest.h>

namespace slipway::health {
namespace {

using platform::MetricsFormat;

TEST(MetricsFormat, IsJsonUnlessTextIsAskedFor) {
  for (const std::string_view accept :
       {"", "*/*", "application/json", "text/html,application/xhtml+xml,*/*;q=0.8",
        "application/json, text/plain;q=0.5", "text/plain;q=0", ",;,"}) {
    EXPECT_FALSE(requestedFormat(accept)) << accept;
  }
}

TEST(MetricsFormat, IsWhatPrometheusPrefers) {
  EXPECT_EQ(requestedFormat("application/openmetrics-text;version=1.0.0;q=0.5,"
                            "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"),
            MetricsFormat::OpenMetrics);
  EXPECT_EQ(requestedFormat("text/plain;version=0.0.4"), MetricsFormat::Text);
  EXPECT_EQ(requestedFormat("application/openmetrics-text;q=0.1, TEXT/PLAIN ; q=0.9"),
            MetricsFormat::Text);
}

}  // namespace
}  // namespace slipway::health
