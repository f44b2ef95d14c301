#include "users/preconditions.hpp"

#include <gtest/gtest.h>

namespace slipway::users {
namespace {

net::Request with(std::vector<net::Header> headers) {
  net::Request request;
  request.headers = std::move(headers);
  return request;
}

TEST(Preconditions, TagHoldsIdAndVersion) { EXPECT_EQ(entityTag(UserId{42}, 7), "\"42-7\""); }

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
