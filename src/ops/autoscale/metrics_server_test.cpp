#include "ops/autoscale/metrics_server.hpp"

#include <gtest/gtest.h>

#include "ops/http/net_http_client.hpp"

namespace slipway::ops {
namespace {

class MetricsServerTest : public ::testing::Test {
 protected:
  Result<HttpAnswer> ask(const std::string& method, const std::string& target) {
    return http_.send(
        {.method = method, .host = "127.0.0.1", .port = server_.port(), .target = target});
  }

  MetricsServer server_ = MetricsServer::listen(0).value();
  NetHttpClient http_;
};

TEST_F(MetricsServerTest, ShowsWhatWasPublishedLast) {
  EXPECT_EQ(ask("GET", "/metrics")->status, 503U);
  server_.publish("a 1\n");
  server_.publish("a 2\n");
  const auto answer = ask("GET", "/metrics");
  EXPECT_EQ(answer->status, 200U);
  EXPECT_EQ(answer->body, "a 2\n");
}

TEST_F(MetricsServerTest, HasNothingElse) {
  server_.publish("a 1\n");
  EXPECT_EQ(ask("GET", "/")->status, 404U);
  EXPECT_EQ(ask("POST", "/metrics")->status, 405U);
}

}  // namespace
}  // namespace slipway::ops
