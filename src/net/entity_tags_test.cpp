#include "net/entity_tags.hpp"

#include <gtest/gtest.h>

#include <string>

namespace slipway::net {
namespace {

std::string shown(std::vector<Header> headers) {
  Request request;
  request.headers = std::move(headers);
  std::string text;
  for (const auto& listed : listedTags(request, "if-match")) {
    text.append(listed.weak ? "weak " : "").append(listed.tag).append(";");
  }
  return text;
}

bool unchanged(std::string_view ifNoneMatch) {
  Request request;
  request.headers = {{"If-None-Match", ifNoneMatch}};
  return isUnchanged(request, "\"a\"");
}

TEST(ListedTags, ReadsEveryLineOfTheHeader) {
  EXPECT_EQ(shown({{"If-Match", "\"a\", W/\"b\""}, {"Host", "\"x\""}, {"IF-MATCH", "*"}}),
            "\"a\";weak \"b\";*;");
}

TEST(ListedTags, SkipsWhatIsEmpty) {
  EXPECT_EQ(shown({}), "");
  EXPECT_EQ(shown({{"If-Match", " ,\t, W/ ,\"a\","}}), "\"a\";");
}

TEST(IsUnchanged, ComparesWeaklyWithAnyTag) {
  for (const auto* tags : {"\"a\"", "W/\"a\"", "\"b\" , \"a\"", "*"}) {
    EXPECT_TRUE(unchanged(tags)) << tags;
  }
  for (const auto* tags : {"", "a", "\"b\"", "\"a", "w/\"a\""}) {
    EXPECT_FALSE(unchanged(tags)) << tags;
  }
  EXPECT_FALSE(isUnchanged(Request{}, "\"a\""));
}

}  // namespace
}  // namespace slipway::net
