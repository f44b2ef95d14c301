#include "platform/cors.hpp"

#include <gtest/gtest.h>

namespace slipway::platform {
namespace {

net::Request from(std::string_view origin) {
  net::Request request;
  request.headers = {{"Origin", origin}};
  return request;
}

net::Request preflightFrom(std::string_view origin) {
  auto request = from(origin);
  request.method = net::Method::Options;
  request.headers.push_back({"Access-Control-Request-Method", "PUT"});
  return request;
}

TEST(Cors, IsOffWithoutOrigins) {
  const Cors cors({});
  EXPECT_FALSE(cors.isPreflight(preflightFrom("https://a")));
  net::Response response;
  cors.decorate(from("https://a"), response);
  EXPECT_EQ(response.headerLines(), "");
}

TEST(Cors, LetsNamedOriginsReadAnswers) {
  const Cors cors({"https://a", "https://b"});
  net::Response response;
  cors.decorate(from("https://b"), response);
  EXPECT_NE(response.headerLines().find("Access-Control-Allow-Origin: https://b\r\n"),
            std::string::npos);
  EXPECT_TRUE(response.hasHeader("Vary"));
}

TEST(Cors, GivesOtherOriginsNothing) {
  const Cors cors({"https://a"});
  for (const std::string_view origin : {"https://a.evil", "https://A", "http://a", "null", ""}) {
    net::Response response;
    cors.decorate(from(origin), response);
    EXPECT_EQ(response.headerLines(), "Vary: Origin\r\n") << origin;
    EXPECT_FALSE(cors.preflight(preflightFrom(origin)).hasHeader("Access-Control-Allow-Methods"));
  }
}

TEST(Cors, AllowsAnyoneWithoutNamingThem) {
  const Cors cors({"*"});
  net::Response response;
  cors.decorate(from("https://x"), response);
  EXPECT_NE(response.headerLines().find("Access-Control-Allow-Origin: *\r\n"), std::string::npos);
  EXPECT_FALSE(response.hasHeader("Vary"));
}

TEST(Cors, AnswersPreflights) {
  const Cors cors({"https://a"});
  EXPECT_TRUE(cors.isPreflight(preflightFrom("https://a")));
  EXPECT_FALSE(cors.isPreflight(from("https://a")));
  const auto response = cors.preflight(preflightFrom("https://a"));
  EXPECT_EQ(response.status, 204U);
  EXPECT_TRUE(response.hasHeader("Access-Control-Allow-Methods"));
  EXPECT_TRUE(response.hasHeader("Access-Control-Allow-Headers"));
}

}  // namespace
}  // namespace slipway::platform
