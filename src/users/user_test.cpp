#include "users/user.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>

#include "users/user_codec.hpp"

namespace slipway::users {
namespace {

User someUser() {
  return {.id = UserId{7},
          .username = "ada",
          .email = "ada@example.org",
          .isActive = true,
          .createdAt = base::Timestamp(std::chrono::microseconds(1'763'848'204'467'741)),
          .version = 3};
}

std::string jsonOf(const User& user) {
  std::string out;
  appendUserJson(out, user);
  return out;
}

TEST(UserJson, HasTheFieldsInTheOrderOfTheContract) {
  EXPECT_EQ(jsonOf(someUser()),
            R"({"id":7,"username":"ada","email":"ada@example.org","is_active":true,)"
            R"("created_at":"2025-11-22T21:50:04.467741"})");
}

TEST(UserJson, EscapesTextsAndHoldsTheLargestId) {
  User user = someUser();
  user.id = UserId{std::numeric_limits<std::int64_t>::max()};
  user.username = "a\"b\n";
  user.email = "\xc3\xa9";
  user.isActive = false;
  user.createdAt = {};
  EXPECT_EQ(jsonOf(user), R"({"id":9223372036854775807,"username":"a\"b\n","email":")"
                          "\xc3\xa9"
                          R"(","is_active":false,"created_at":"1970-01-01T00:00:00"})");
}

void expectSame(const User& a, const User& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.username, b.username);
  EXPECT_EQ(a.email, b.email);
  EXPECT_EQ(a.isActive, b.isActive);
  EXPECT_EQ(a.createdAt, b.createdAt);
  EXPECT_EQ(a.version, b.version);
}

TEST(UserCodec, GivesBackWhatWasEncoded) {
  User user = someUser();
  auto decoded = decodeUser(encodeUser(user));
  ASSERT_TRUE(decoded);
  expectSame(*decoded, user);

  user.username.assign(10'000, 'x');
  user.email.clear();
  user.isActive = false;
  user.createdAt = base::Timestamp(std::chrono::microseconds(-5));
  decoded = decodeUser(encodeUser(user));
  ASSERT_TRUE(decoded);
  expectSame(*decoded, user);
}

TEST(UserCodec, RefusesWhatIsNotOfItsLayout) {
  std::string bytes = encodeUser(someUser());
  EXPECT_FALSE(decodeUser(""));
  EXPECT_FALSE(decodeUser(std::string_view(bytes).substr(0, 29)));
  EXPECT_FALSE(decodeUser(std::string_view(bytes).substr(0, 31)));  // cut in the username
  bytes[0] = 2;
  EXPECT_FALSE(decodeUser(bytes));
}

}  // namespace
}  // namespace slipway::users
