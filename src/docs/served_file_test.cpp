#include "docs/served_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway::docs {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const ServedFile kAsset{.contentType = "text/css",
                        .cacheControl = "public",
                        .content = "body{}",
                        .gzip = "packed",
                        .tag = "1"};

net::Request with(std::vector<net::Header> headers) {
  net::Request request;
  request.headers = std::move(headers);
  return request;
}

TEST(AcceptsGzip, ReadsWeights) {
  for (const auto* accepted : {"gzip", "br, GZIP", "deflate;q=1, gzip;q=0.5", "*", "gzip ; q=0.001",
                               "*;q=0, gzip", "gzip;x=0"}) {
    EXPECT_TRUE(acceptsGzip(accepted)) << accepted;
  }
  for (const auto* refused : {"", "br", "identity", "gzip;q=0", "gzip; Q=0.000", "*;q=0",
                              "*, gzip;q=0", "xgzip", "gzip-x"}) {
    EXPECT_FALSE(acceptsGzip(refused)) << refused;
  }
}

TEST(Serve, GivesTheFormThatIsAccepted) {
  const auto plain = serve(with({}), kAsset);
  EXPECT_EQ(plain.status, 200U);
  EXPECT_EQ(plain.contentType, "text/css");
  EXPECT_EQ(plain.bodyView(), "body{}");
  EXPECT_EQ(plain.headerLines(),
            "ETag: \"1\"\r\nCache-Control: public\r\nVary: Accept-Encoding\r\n");

  const auto packed = serve(with({{"Accept-Encoding", "gzip, br"}}), kAsset);
  EXPECT_EQ(packed.bodyView(), "packed");
  EXPECT_THAT(packed.headerLines(), HasSubstr("Content-Encoding: gzip\r\nETag: \"1-gzip\"\r\n"));
}

TEST(Serve, SaysWhenTheClientHasIt) {
  const auto same = serve(with({{"If-None-Match", "W/\"1\""}}), kAsset);
  EXPECT_EQ(same.status, 304U);
  EXPECT_EQ(same.bodyView(), "");
  EXPECT_THAT(same.headerLines(), HasSubstr("ETag: \"1\"\r\n"));
  EXPECT_EQ(serve(with({{"If-None-Match", "\"1\""}, {"Accept-Encoding", "gzip"}}), kAsset).status,
            200U);
}

TEST(Serve, SendsATextAsItIs) {
  const ServedFile document{.contentType = "text/html",
                            .cacheControl = "no-cache",
                            .text = "<p>",
                            .policy = "default-src 'none'",
                            .tag = "2"};
  const auto answer = serve(with({{"Accept-Encoding", "gzip"}}), document);
  EXPECT_EQ(answer.bodyView(), "<p>");
  EXPECT_THAT(answer.headerLines(), HasSubstr("Content-Security-Policy: default-src 'none'\r\n"));
  EXPECT_THAT(answer.headerLines(), Not(HasSubstr("Vary")));
}

}  // namespace
}  // namespace slipway::docs
