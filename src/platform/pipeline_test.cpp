#include "platform/pipeline.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <stdexcept>

#include "platform/log_sink.hpp"

namespace slipway::platform {
namespace {

std::vector<Endpoint> endpoints() {
  const auto answer = [](Call& call) -> net::Task<net::Response> {
    net::Response response;
    response.body = call.requestId;
    co_return response;
  };
  const auto fail = [](Call&) -> net::Task<net::Response> {
    throw std::runtime_error("inner");
    co_return net::Response();
  };
  return {{.method = net::Method::Get, .path = "/users", .handler = answer},
          {.method = net::Method::Get, .path = "/health", .probe = true, .handler = answer},
          {.method = net::Method::Get, .path = "/users/{user_id}", .handler = fail}};
}

class PipelineTest : public ::testing::Test {
 protected:
  net::Response ask(net::Method method, std::string_view path) {
    request_.method = method;
    request_.target = request_.path = path;
    request_.received = std::chrono::steady_clock::now();
    net::Response response;
    boost::asio::co_spawn(
        loop_, pipeline_.handle(request_),
        [&](const std::exception_ptr&, net::Response result) { response = std::move(result); });
    loop_.restart();
    loop_.run();
    return response;
  }
  std::uint64_t errors() const { return totalsOf({&metrics_}).errors; }

  boost::asio::io_context loop_{1};
  net::Request request_;
  Router router_{endpoints()};
  LogSink sink_{{.descriptor = -1}};
  Logger logger_{sink_, LogLevel::Debug, base::systemClock()};
  HttpMetrics metrics_{router_.unmatchedIndex() + 1};
  AccessControl access_;
  Cors cors_{{}};
  IsTrusted isTrusted_;
  Pipeline pipeline_{{.router = router_,
                      .logger = logger_,
                      .metrics = metrics_,
                      .access = access_,
                      .cors = cors_,
                      .isTrusted = isTrusted_,
                      .maxInFlight = 2}};
};

TEST_F(PipelineTest, KeepsAUsableRequestIdAndMakesOneOtherwise) {
  request_.headers = {{"X-Request-ID", "mine"}};
  const auto kept = ask(net::Method::Get, "/users");
  EXPECT_EQ(kept.body, "mine");
  EXPECT_NE(kept.headerLines().find("X-Request-ID: mine\r\n"), std::string::npos);
  request_.headers = {{"X-Request-ID", "not mine"}};
  EXPECT_EQ(ask(net::Method::Get, "/users").body.size(), 36U);
}

TEST_F(PipelineTest, GivesEveryAnswerTheCommonHeaders) {
  for (const std::string_view path : {"/users", "/nowhere", "/users/1", "/users/"}) {
    const auto response = ask(net::Method::Get, path);
    for (const char* name : {"X-Request-ID", "X-Content-Type-Options", "X-Frame-Options",
                             "Referrer-Policy", "Cache-Control"}) {
      EXPECT_TRUE(response.hasHeader(name)) << path << " " << name;
    }
  }
}

TEST_F(PipelineTest, AnswersWhatNoEndpointDoes) {
  EXPECT_EQ(ask(net::Method::Get, "/nowhere").body, R"({"detail":"Not Found"})");
  const auto wrong = ask(net::Method::Post, "/users");
  EXPECT_EQ(wrong.status, 405U);
  EXPECT_NE(wrong.headerLines().find("Allow: GET, HEAD\r\n"), std::string::npos);
  EXPECT_EQ(ask(net::Method::Head, "/users").status, 200U);
}

TEST_F(PipelineTest, RedirectsASlashAtTheEndButNeverToItself) {
  request_.query = "limit=1";
  const auto response = ask(net::Method::Get, "/users/");
  EXPECT_EQ(response.status, 307U);
  EXPECT_NE(response.headerLines().find("Location: /users?limit=1\r\n"), std::string::npos);
}

TEST_F(PipelineTest, TellsNothingOfAnException) {
  const auto response = ask(net::Method::Get, "/users/1");
  EXPECT_EQ(response.status, 500U);
  EXPECT_EQ(response.body, R"({"detail":"Internal Server Error"})");
  EXPECT_EQ(response.failure, "inner");  // for the log alone
  EXPECT_EQ(errors(), 1U);
  EXPECT_EQ(metrics_.inFlight.value(), 0U);
}

TEST_F(PipelineTest, ShedsBeyondTheBoundButNotProbes) {
  metrics_.inFlight.add(2);
  const auto shed = ask(net::Method::Get, "/users");
  EXPECT_EQ(shed.status, 503U);
  EXPECT_TRUE(shed.hasHeader("Retry-After"));
  EXPECT_EQ(metrics_.shed.value(), 1U);
  EXPECT_EQ(ask(net::Method::Get, "/health").status, 200U);
}

TEST_F(PipelineTest, AnswersARefusalOfTheServer) {
  request_.rejection = net::Rejection{431, "Request Header Fields Too Large"};
  const auto response = ask(net::Method::Other, "");
  EXPECT_EQ(response.status, 431U);
  EXPECT_TRUE(response.hasHeader("X-Request-ID"));
}

}  // namespace
}  // namespace slipway::platform
