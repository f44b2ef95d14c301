#include "platform/token_cache.hpp"

#include <gtest/gtest.h>

namespace slipway::platform {
namespace {

constexpr TokenTime kNow{1000};
constexpr TokenTime kLater{1001};

TEST(TokenCache, KnowsWhatWasAddedUntilItExpires) {
  TokenCache cache;
  EXPECT_FALSE(cache.find("token", kNow));
  cache.add("token", {.subject = "ann", .scope = "ops"}, kLater);
  const auto found = cache.find("token", kNow);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->subject, "ann");
  EXPECT_EQ(found->scope, "ops");
  EXPECT_FALSE(cache.find("tokem", kNow));
  EXPECT_FALSE(cache.find("token", kLater));
}

TEST(TokenCache, HoldsNoMoreThanItsPlaces) {
  TokenCache cache;
  for (int i = 0; i < 5000; ++i) cache.add("token" + std::to_string(i), {}, kLater);
  int found = 0;
  for (int i = 0; i < 5000; ++i) found += cache.find("token" + std::to_string(i), kNow) ? 1 : 0;
  EXPECT_GT(found, 0);
  EXPECT_LE(found, 512);
}

TEST(TokenCache, DoesNotKeepVeryLongTokens) {
  TokenCache cache;
  const std::string token(4000, 'x');
  cache.add(token, {}, kLater);
  EXPECT_FALSE(cache.find(token, kNow));
}

TEST(TokenCache, TheEmptyTokenIsNeverKnown) {
  const TokenCache cache;
  EXPECT_FALSE(cache.find("", TokenTime(-1)));
}

}  // namespace
}  // namespace slipway::platform
