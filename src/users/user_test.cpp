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

TEST(UserJson, HasTheFieldsInTheOrderOfTheContract) {
  EXPECT_EQ(userJson(someUser()),
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
  EXPECT_EQ(userJson(user), R"({"id":9223372036854775807,"username":"a\"b\n","email":")"
                            "\xc3\xa9"
                            R"(","is_active":false,"created_at":"1970-01-01T00:00:00"})");
}

TEST(UserCodec, GivesBackWhatWasEncoded) {
  for (const std::string& json : {userJson(someUser()), std::string()}) {
    std::string bytes = encodeUser(json);
    EXPECT_TRUE(decodeUser(bytes));
    EXPECT_EQ(bytes, json);
  }
}

TEST(UserCodec, RefusesWhatIsNotOfItsLayout) {
  std::string bytes;
  EXPECT_FALSE(decodeUser(bytes));
  bytes = userJson(someUser());
  EXPECT_FALSE(decodeUser(bytes));
  bytes.push_back('\1');
  EXPECT_FALSE(decodeUser(bytes));
}

}  // namespace
}  // namespace slipway::users
