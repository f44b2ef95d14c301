#include "users/preconditions.hpp"

#include <gtest/gtest.h>

namespace slipway::users {
namespace {

const User kUser{.id = UserId{42}, .version = 7};

net::Request with(std::vector<net::Header> headers) {
  net::Request request;
  request.headers = std::move(headers);
  return request;
}

TEST(Preconditions, TagHoldsIdAndVersion) { EXPECT_EQ(entityTag(kUser), "\"42-7\""); }

TEST(Preconditions, IfNoneMatchComparesWeakly) {
  for (const std::string_view tags :
       {"\"42-7\"", "W/\"42-7\"", "*", "\"a\", \"42-7\"", "\"a\",W/\"42-7\" ,"}) {
    EXPECT_TRUE(isUnchanged(with({{"If-None-Match", tags}}), kUser)) << tags;
  }
  for (const std::string_view tags : {"", "\"42-6\"", "42-7", "\"42-77\"", "\"7-42\""}) {
    EXPECT_FALSE(isUnchanged(with({{"If-None-Match", tags}}), kUser)) << tags;
  }
  EXPECT_FALSE(isUnchanged(with({}), kUser));
  EXPECT_TRUE(
      isUnchanged(with({{"If-None-Match", "\"a\""}, {"if-none-match", "\"42-7\""}}), kUser));
}

TEST(Preconditions, IfMatchNamesVersionsOfThisUserOnly) {
  using Versions = std::vector<std::int64_t>;
  EXPECT_EQ(expectedVersions(with({}), UserId{42}), std::nullopt);
  EXPECT_EQ(expectedVersions(with({{"If-Match", "*"}}), UserId{42}), std::nullopt);
  EXPECT_EQ(expectedVersions(with({{"If-Match", "\"42-7\", \"42-9\""}}), UserId{42}),
            (Versions{7, 9}));
  for (const std::string_view tags : {"", "W/\"42-7\"", "\"43-7\"", "\"42-\"", "\"42-x\"", "42-7",
                                      "\"42-99999999999999999999\""}) {
    EXPECT_EQ(expectedVersions(with({{"If-Match", tags}}), UserId{42}), Versions{}) << tags;
  }
}

}  // namespace
}  // namespace slipway::users
