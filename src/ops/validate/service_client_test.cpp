#include "ops/validate/service_client.hpp"

#include <gtest/gtest.h>

namespace slipway::ops {
namespace {

TEST(ServicePlace, IsReadFromAUrl) {
  const auto plain = placeOf("http://localhost:8000/");
  ASSERT_TRUE(plain) << plain.error();
  EXPECT_FALSE(plain->overTls);
  EXPECT_EQ(plain->port, 8000);
  EXPECT_EQ(plain->prefix, "");
  EXPECT_EQ(plain->url(), "http://localhost:8000");
  const auto secure = placeOf("https://users.example.com/api//");
  ASSERT_TRUE(secure) << secure.error();
  EXPECT_TRUE(secure->overTls);
  EXPECT_EQ(secure->port, 443);
  EXPECT_EQ(secure->url(), "https://users.example.com/api");
  const auto ipv6 = placeOf("http://[::1]:81");
  ASSERT_TRUE(ipv6) << ipv6.error();
  EXPECT_EQ(ipv6->host, "::1");
  EXPECT_EQ(ipv6->url(), "http://[::1]:81");
}

TEST(ServicePlace, IsNothingElse) {
  for (const auto* const url : {"", "localhost:8000", "ftp://x", "http://", "http://user:pw@x/",
                                "http://x/?q=1", "http://x:99999"}) {
    EXPECT_FALSE(placeOf(url)) << url;
  }
}

TEST(ServicePlace, TellsNoPasswordInItsError) {
  const auto place = placeOf("http://user:hunter2@x/");
  ASSERT_FALSE(place);
  EXPECT_EQ(place.error().find("hunter2"), std::string::npos);
}

TEST(DetailOf, IsTheMessageOrTheBeginning) {
  EXPECT_EQ(detailOf({.status = 404, .body = R"({"detail":"Not Found"})"}), "Not Found");
  EXPECT_EQ(detailOf({.status = 502, .body = "<html>\n"}), "<html>?");
}

}  // namespace
}  // namespace slipway::ops
