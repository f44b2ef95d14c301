#include "platform/tracing.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <stdexcept>

#include "platform/log_sink.hpp"
#include "platform/otlp_test_support.hpp"
#include "platform/test_support.hpp"

namespace slipway::platform {
namespace {

namespace asio = boost::asio;
using slipway::testing::at;
using slipway::testing::attribute;
using slipway::testing::spansOf;

constexpr std::string_view kParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

class TracingTest : public ::testing::Test {
 protected:
  TracingOptions options(std::string_view sampler = "always_on") const {
    return {.host = "127.0.0.1",
            .port = collector_.port(),
            .serviceName = "users \"test\"",
            .sampler = *Sampler::make(sampler, 1)};
  }

  static void finishOne(Tracer& tracer, std::string_view traceparent = {}, unsigned status = 200) {
    const auto span = tracer.begin(traceparent);
    ASSERT_TRUE(span);
    tracer.end(*span, {.method = net::Method::Get,
                       .route = "/users/{user_id}",
                       .path = "/users/7",
                       .status = status,
                       .duration = std::chrono::microseconds(1500)});
  }

  asio::io_context loop_{1};
  LogSink sink_{{.descriptor = -1}};
  slipway::testing::FakeClock clock_;
  Logger logger_{sink_, LogLevel::Debug, clock_};
  slipway::testing::StandInCollector collector_{loop_};
};

TEST_F(TracingTest, SendsSpansAsOtlpJson) {
  Tracer tracer(options(), loop_, clock_, logger_);
  finishOne(tracer, kParent, 503);
  slipway::testing::run(loop_, tracer.flush());

  ASSERT_EQ(collector_.bodies.size(), 1u);
  EXPECT_TRUE(collector_.heads[0].starts_with("POST /v1/traces HTTP/1.1\r\n"));
  const auto& body = collector_.bodies[0];
  EXPECT_EQ(at(body, {"resourceSpans", "0", "resource", "attributes", "0", "value", "stringValue"})
                .asString(),
            "users \"test\"");
  ASSERT_EQ(spansOf(body).size(), 1u);
  const auto& span = spansOf(body)[0];
  EXPECT_EQ(span.find("traceId")->asString(), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(span.find("parentSpanId")->asString(), "b7ad6b7169203331");
  EXPECT_EQ(span.find("spanId")->asString().size(), 16u);
  EXPECT_EQ(span.find("name")->asString(), "GET /users/{user_id}");
  EXPECT_EQ(span.find("kind")->asInt64(), 2);
  EXPECT_EQ(span.find("status")->find("code")->asInt64(), 2);
  EXPECT_EQ(attribute(span, "http.request.method"), "GET");
  EXPECT_EQ(attribute(span, "http.route"), "/users/{user_id}");
  EXPECT_EQ(attribute(span, "url.path"), "/users/7");
  EXPECT_EQ(attribute(span, "http.response.status_code"), "503");
  const auto start = std::stoll(span.find("startTimeUnixNano")->asString());
  const auto end = std::stoll(span.find("endTimeUnixNano")->asString());
  EXPECT_EQ(end - start, 1'500'000);
  EXPECT_LE(start / 1000, clock_.now().time_since_epoch().count());
  EXPECT_EQ(tracer.exported(), 1u);
}

TEST_F(TracingTest, BeginsANewTraceWithoutAUsableParent) {
  Tracer tracer(options(), loop_, clock_, logger_);
  const auto first = tracer.begin({});
  const auto second = tracer.begin("00-nonsense");
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(first->parentId);
  EXPECT_EQ(first->traceIdText().size(), 32u);
  EXPECT_NE(first->traceIdText(), second->traceIdText());
}

TEST_F(TracingTest, RecordsNothingThatIsNotSampled) {
  Tracer tracer(options("parentbased_always_off"), loop_, clock_, logger_);
  EXPECT_FALSE(tracer.begin({}));
  EXPECT_TRUE(tracer.begin(kParent));
}

TEST_F(TracingTest, SendsInBatches) {
  auto chosen = options();
  chosen.batchLimit = 2;
  Tracer tracer(chosen, loop_, clock_, logger_);
  for (int i = 0; i < 5; ++i) finishOne(tracer);
  slipway::testing::run(loop_, tracer.flush());
  ASSERT_EQ(collector_.bodies.size(), 3u);
  EXPECT_EQ(spansOf(collector_.bodies[2]).size(), 1u);
  EXPECT_EQ(tracer.exported(), 5u);
}

TEST_F(TracingTest, ExportsInTheBackground) {
  auto chosen = options();
  chosen.interval = std::chrono::milliseconds(1);
  Tracer tracer(chosen, loop_, clock_, logger_);
  tracer.start();
  finishOne(tracer);
  while (tracer.exported() == 0) loop_.run_one();
  EXPECT_EQ(collector_.bodies.size(), 1u);
}

TEST_F(TracingTest, ExportsAFullBatchAtOnce) {
  auto chosen = options();
  chosen.interval = std::chrono::hours(1);
  chosen.batchLimit = 2;
  Tracer tracer(chosen, loop_, clock_, logger_);
  tracer.start();
  loop_.poll();  // it waits now
  finishOne(tracer);
  finishOne(tracer);
  while (tracer.exported() == 0) loop_.run_one();
  EXPECT_EQ(tracer.exported(), 2u);
}

TEST_F(TracingTest, KeepsSpansWhileTheCollectorIsAwayAndCountsWhatDoesNotFit) {
  auto chosen = options();
  chosen.queueLimit = 2;
  collector_.status = "503 Service Unavailable";
  Tracer tracer(chosen, loop_, clock_, logger_);
  for (int i = 0; i < 3; ++i) finishOne(tracer);
  EXPECT_EQ(tracer.dropped(), 1u);
  slipway::testing::run(loop_, tracer.flush());
  EXPECT_EQ(tracer.exported(), 0u);

  collector_.status = "200 OK";
  slipway::testing::run(loop_, tracer.flush());
  EXPECT_EQ(tracer.exported(), 2u);
  EXPECT_EQ(tracer.dropped(), 1u);
}

TEST_F(TracingTest, DropsWhatTheCollectorRefuses) {
  collector_.status = "400 Bad Request";
  Tracer tracer(options(), loop_, clock_, logger_);
  finishOne(tracer);
  slipway::testing::run(loop_, tracer.flush());
  slipway::testing::run(loop_, tracer.flush());
  EXPECT_EQ(collector_.bodies.size(), 1u);
  EXPECT_EQ(tracer.dropped(), 1u);
}

TEST_F(TracingTest, SurvivesThatNobodyListens) {
  auto chosen = options();
  chosen.port = 1;
  Tracer tracer(chosen, loop_, clock_, logger_);
  finishOne(tracer);
  slipway::testing::run(loop_, tracer.flush());
  EXPECT_EQ(tracer.exported(), 0u);
  EXPECT_EQ(tracer.dropped(), 0u);
}

TEST(TracingOptionsTest, TakeTheEndpointApart) {
  const auto options = tracingOptions("http://collector:4318/otlp/", "a", "always_on", 1);
  EXPECT_EQ(options.host, "collector");
  EXPECT_EQ(options.port, 4318);
  EXPECT_EQ(options.target, "/otlp/v1/traces");
  EXPECT_EQ(tracingOptions("http://[::1]", "a", "always_on", 1).target, "/v1/traces");
}

TEST(TracingOptionsTest, RefuseWhatCannotWork) {
  EXPECT_THROW(tracingOptions("https://collector", "a", "always_on", 1), std::invalid_argument);
  EXPECT_THROW(tracingOptions("collector", "a", "always_on", 1), std::invalid_argument);
  EXPECT_THROW(tracingOptions("http://collector", "a", "no_such", 1), std::invalid_argument);
}

}  // namespace
}  // namespace slipway::platform
