#include "platform/access.hpp"

#include <gtest/gtest.h>

#include "platform/test_support.hpp"
#include "platform/token.hpp"

namespace slipway::platform {
namespace {

using std::chrono::hours;

class AccessTest : public ::testing::Test {
 protected:
  static TokenRules rules() {
    return {.key = base::Secret(std::string(32, 'k')), .issuer = "slipway", .audience = "slipway"};
  }

  std::string token(std::string scope) const {
    return signToken(rules(), {.subject = "ann", .scope = std::move(scope)}, clock_.now(),
                     hours(1));
  }

  /// 200, or the status of the denial.
  unsigned statusOf(const std::string& authorization, Access needed) const {
    const auto result = access_.check(authorization, needed);
    return result ? 200 : result.error().status;
  }

  slipway::testing::FakeClock clock_;
  const AccessControl access_{std::make_unique<const TokenVerifier>(rules(), clock_)};
};

TEST_F(AccessTest, OffLetsEveryoneIn) {
  const AccessControl off;
  EXPECT_TRUE(off.check({}, Access::Ops));
}

TEST_F(AccessTest, WhatIsOpenNeedsNoToken) {
  EXPECT_EQ(statusOf("", Access::Open), 200U);
  EXPECT_EQ(statusOf("Bearer nonsense", Access::Open), 200U);
}

TEST_F(AccessTest, NamesTheSubject) {
  const auto principal = access_.check("Bearer " + token("ops"), Access::Ops);
  ASSERT_TRUE(principal);
  EXPECT_EQ(principal->subject, "ann");
}

TEST_F(AccessTest, EachAccessNeedsItsOwnScope) {
  const auto readOnly = "Bearer " + token("users:read");
  EXPECT_EQ(statusOf(readOnly, Access::UsersRead), 200U);
  EXPECT_EQ(statusOf(readOnly, Access::UsersWrite), 403U);
  EXPECT_EQ(statusOf(readOnly, Access::Ops), 403U);
  const auto denial = access_.check(readOnly, Access::UsersWrite);
  ASSERT_FALSE(denial);
  EXPECT_EQ(denial.error().detail, "The token lacks the scope users:write");
  EXPECT_EQ(denial.error().challenge, R"(Bearer error="insufficient_scope", scope="users:write")");
}

TEST_F(AccessTest, WithoutATokenAsksForOne) {
  for (const auto* text : {"", "Bearer", "Bearer ", "Bearer    ", "Basic YTpi", "bearer"}) {
    const auto denial = access_.check(text, Access::UsersRead);
    ASSERT_FALSE(denial) << text;
    EXPECT_EQ(denial.error().status, 401U);
    EXPECT_EQ(denial.error().challenge, "Bearer");
  }
}

TEST_F(AccessTest, ABadTokenIsToldApart) {
  const auto denial = access_.check("Bearer " + token("ops") + "x", Access::Ops);
  ASSERT_FALSE(denial);
  EXPECT_EQ(denial.error().status, 401U);
  EXPECT_EQ(denial.error().challenge, R"(Bearer error="invalid_token")");
}

TEST_F(AccessTest, TheSchemeIsInAnyCase) {
  EXPECT_EQ(statusOf("bEARER  " + token("ops"), Access::Ops), 200U);
}

TEST(ScopeName, IsEmptyForWhatIsOpen) { EXPECT_EQ(scopeName(Access::Open), ""); }

}  // namespace
}  // namespace slipway::platform
