#include "users/sql_user_store.hpp"

#include <gmock/gmock.h>

#include <limits>

#include "users/sql_user_store_test_support.hpp"

namespace slipway::users {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = UserError::Kind;
using slipway::testing::run;

TEST_P(SqlUserStoreTest, FindsWhatWasCreated) {
  const User created = ada();
  EXPECT_EQ(created.id, UserId{1});
  EXPECT_EQ(created.version, 1);
  const auto found = find(1);
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->fromCache);
  EXPECT_EQ(found->id, UserId{1});
  EXPECT_EQ(found->version, 1);
  EXPECT_EQ(found->json, R"({"id":1,"username":"Ada","email":"ada@example.org","is_active":true,)"
                         R"("created_at":")" +
                             base::isoTime(clock_.now()) + "\"}");
}

TEST_P(SqlUserStoreTest, FindsNothingForAnUnknownOrImpossibleId) {
  for (const std::int64_t id :
       {std::int64_t{1}, std::int64_t{0}, std::int64_t{-1},
        std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    EXPECT_EQ(errorOf(find(id)), Kind::NotFound) << id;
  }
}

TEST_P(SqlUserStoreTest, IdsAreNeverGivenTwice) {
  const UserId id = ada().id;
  ASSERT_TRUE(remove(id));
  EXPECT_GT(ada().id, id);
}

TEST_P(SqlUserStoreTest, StrictRulesCompareWithoutCase) {
  ada();
  EXPECT_EQ(errorOf(create({"aDA", "other@example.org"})), Kind::UsernameTaken);
  EXPECT_EQ(errorOf(create({"other", "ADA@example.org"})), Kind::EmailTaken);
  EXPECT_EQ(errorOf(create({"ada", "ada@example.org"})), Kind::UsernameTaken);  // it comes first
}

TEST_P(SqlUserStoreTest, ReferenceRulesCompareExactly) {
  ASSERT_TRUE(create({"Ada", "ada@example.org"}, &reference_));
  ASSERT_TRUE(create({"ada", "Ada@example.org"}, &reference_));
  EXPECT_EQ(errorOf(create({"ada", "x"}, &reference_)), Kind::UsernameTaken);
  EXPECT_EQ(errorOf(create({"x", "Ada@example.org"}, &reference_)), Kind::EmailTaken);
  const std::string longText(10'000, 'x');
  ASSERT_TRUE(create({longText, longText}, &reference_));
  EXPECT_THAT(list({.username = longText}, &reference_), ElementsAre(longText));
}

TEST_P(SqlUserStoreTest, TellsLongNamesApartByTheirEnds) {
  const std::string many(10'000, 'n');
  for (const auto* end : {"1", "2"}) {
    ASSERT_TRUE(create({many + end, many + end + "@"}, &reference_));
  }
  EXPECT_EQ(errorOf(create({many + "1", "x"}, &reference_)), Kind::UsernameTaken);
  EXPECT_EQ(errorOf(create({"x", many + "2@"}, &reference_)), Kind::EmailTaken);
  EXPECT_THAT(list({.username = many + "2"}, &reference_), ElementsAre(many + "2"));
  EXPECT_THAT(list({.email = many + "1@"}, &reference_), ElementsAre(many + "1"));
  EXPECT_THAT(list({.username = many}, &reference_), IsEmpty());
}

TEST_P(SqlUserStoreTest, UsernameComesFirstWhenTwoUsersAreInTheWay) {
  ada();
  bob();
  EXPECT_EQ(errorOf(create({"bob", "ada@example.org"})), Kind::UsernameTaken);
  EXPECT_EQ(errorOf(create({"ada", "bob@example.org"})), Kind::UsernameTaken);
}

TEST_P(SqlUserStoreTest, RefusesNulEverywhere) {
  const std::string nul("a\0b", 3);
  EXPECT_EQ(errorOf(create({nul, "x"}, &reference_)), Kind::InvalidText);
  EXPECT_EQ(errorOf(create({"x", nul}, &reference_)), Kind::InvalidText);
  EXPECT_EQ(errorOf(update(ada().id, {.username = nul})), Kind::InvalidText);
  EXPECT_EQ(errorOf(run(loop_, strict_.list({.prefix = nul}, nullptr))), Kind::InvalidText);
}

TEST_P(SqlUserStoreTest, UpdatesWhatIsGivenAndCountsTheVersion) {
  const User created = ada();
  const auto renamed = update(created.id, {.username = "Grace"});
  ASSERT_TRUE(renamed);
  EXPECT_EQ(renamed->version, 2);
  EXPECT_EQ(renamed->username, "Grace");
  EXPECT_EQ(renamed->email, created.email);
  const auto inactive = update(created.id, {.email = "G@example.org", .isActive = false});
  ASSERT_TRUE(inactive);
  const auto found = find(created.id.value);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->version, 3);
  EXPECT_EQ(found->json, userJson({.id = created.id,
                                   .username = "Grace",
                                   .email = "G@example.org",
                                   .isActive = false,
                                   .createdAt = created.createdAt}));
}

TEST_P(SqlUserStoreTest, AnUpdateThatChangesNothingKeepsTheVersion) {
  const User created = ada();
  EXPECT_EQ(update(created.id, {}).value().version, 1);
  EXPECT_EQ(update(created.id, {.username = "Ada", .isActive = true}).value().version, 1);
}

TEST_P(SqlUserStoreTest, AUserMayChangeTheCaseOfItsOwnName) {
  const User created = ada();
  const auto changed = update(created.id, {.username = "ADA"});
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->username, "ADA");
}

TEST_P(SqlUserStoreTest, AnUpdateMayNotTakeWhatIsAnothers) {
  ada();
  const UserId id = bob().id;
  EXPECT_EQ(errorOf(update(id, {.username = "ADA"})), Kind::UsernameTaken);
  EXPECT_EQ(errorOf(update(id, {.email = "Ada@Example.org"})), Kind::EmailTaken);
  EXPECT_EQ(find(id.value)->version, 1);
}

TEST_P(SqlUserStoreTest, WritesOnlyOverAnExpectedVersion) {
  const UserId id = ada().id;
  EXPECT_EQ(errorOf(update(id, {.username = "x"}, std::vector<std::int64_t>{2, 3})),
            Kind::VersionMismatch);
  EXPECT_EQ(errorOf(update(id, {.username = "x"}, std::vector<std::int64_t>{})),
            Kind::VersionMismatch);
  EXPECT_TRUE(update(id, {.username = "x"}, std::vector<std::int64_t>{7, 1}));
  EXPECT_EQ(errorOf(remove(id, std::vector<std::int64_t>{1})), Kind::VersionMismatch);
  EXPECT_TRUE(remove(id, std::vector<std::int64_t>{2}));
}

TEST_P(SqlUserStoreTest, WritesToNobodyAreNotFound) {
  for (const std::int64_t id : {5, 0, -5}) {
    EXPECT_EQ(errorOf(update(UserId{id}, {.username = "x"})), Kind::NotFound);
    EXPECT_EQ(errorOf(remove(UserId{id})), Kind::NotFound);
  }
}

TEST_P(SqlUserStoreTest, RemovesAndFreesTheNames) {
  const User created = ada();
  ASSERT_TRUE(remove(created.id));
  EXPECT_EQ(errorOf(find(created.id.value)), Kind::NotFound);
  EXPECT_EQ(errorOf(remove(created.id)), Kind::NotFound);
  EXPECT_TRUE(create({"ada", "ada@example.org"}));
}

TEST_P(SqlUserStoreTest, GivesTheDatabasesErrorOn) {
  const auto empty = newDatabase(GetParam(), folder_.file("empty.db"));
  const auto noTables = empty->open(loop_);
  SqlUserStore store(*noTables, clock_, UserRules::Strict);
  const auto found = run(loop_, store.find(UserId{1}, nullptr));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, Kind::Database);
  EXPECT_EQ(found.error().cause.kind, platform::SqlError::Kind::Internal);
  EXPECT_EQ(errorOf(run(loop_, store.list({}, nullptr))), Kind::Database);
}

INSTANTIATE_TEST_SUITE_P(On, SqlUserStoreTest, kEveryEngine, nameOf);

}  // namespace
}  // namespace slipway::users
