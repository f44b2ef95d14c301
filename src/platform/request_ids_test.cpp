#include "platform/request_ids.hpp"

#include <gtest/gtest.h>

#include <set>

namespace slipway::platform {
namespace {

TEST(RequestIds, AreDifferentVersion4Uuids) {
  RequestIds ids;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const auto text = ids.next();
    const std::string id(text.data(), text.size());
    for (const auto dash : {8U, 13U, 18U, 23U}) EXPECT_EQ(id[dash], '-');
    EXPECT_EQ(id[14], '4');
    EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef-"), std::string::npos);
    seen.insert(id);
  }
  EXPECT_EQ(seen.size(), 1000U);
}

TEST(RequestIds, OfClientsAreUsableWhenVisibleAsciiOfAtMost128) {
  EXPECT_TRUE(isUsableRequestId("a"));
  EXPECT_TRUE(isUsableRequestId(std::string(128, '~')));
  EXPECT_FALSE(isUsableRequestId(""));
  EXPECT_FALSE(isUsableRequestId(std::string(129, 'a')));
  for (const char* text : {"a b", "a\tb", "\x7F", "\xC3\xA9", "a\n"}) {
    EXPECT_FALSE(isUsableRequestId(text)) << text;
  }
}

}  // namespace
}  // namespace slipway::platform
