// How the store lists users: pages, filters, prefixes, and what serves them.
#include <gmock/gmock.h>

#include <limits>

#include "users/sql_user_store_test_support.hpp"
#include "users/user_list_query.hpp"

namespace slipway::users {
namespace {

using slipway::testing::run;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SqlUserListTest : public SqlUserStoreTest {};

TEST_P(SqlUserListTest, ListsByIdInPages) {
  for (int i = 1; i <= 7; ++i) {
    ASSERT_TRUE(create({"user" + std::to_string(i), "u" + std::to_string(i) + "@example.org"}));
  }
  EXPECT_THAT(list({.limit = 2}), ElementsAre("user1", "user2", "user3"));  // one more: more follow
  EXPECT_THAT(list({.skip = 5, .limit = 5}), ElementsAre("user6", "user7"));
  EXPECT_THAT(list({.limit = 2, .after = 4}), ElementsAre("user5", "user6", "user7"));
  EXPECT_THAT(list({.skip = 1, .after = 4}), ElementsAre("user6", "user7"));
  EXPECT_THAT(list({.after = 7}), IsEmpty());
  EXPECT_THAT(list({.after = -3}), SizeIs(7));
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  EXPECT_THAT(list({.skip = kMax, .limit = kMax, .after = kMax}), IsEmpty());
}

TEST_P(SqlUserListTest, FiltersByEveryField) {
  ada();
  bob();
  EXPECT_THAT(list({.username = "ADA"}), ElementsAre("Ada"));
  EXPECT_THAT(list({.username = "ADA"}, &reference_), IsEmpty());
  EXPECT_THAT(list({.email = "bob@EXAMPLE.org"}), ElementsAre("bob"));
  EXPECT_THAT(list({.isActive = false}), ElementsAre("bob"));
  EXPECT_THAT(list({.isActive = true}), ElementsAre("Ada"));
  EXPECT_THAT(list({.username = "ada", .email = "bob@example.org"}), IsEmpty());
  EXPECT_THAT(list({.email = "bob@example.org", .prefix = "bo", .isActive = false}),
              ElementsAre("bob"));
}

TEST_P(SqlUserListTest, FindsPrefixesOfEither) {
  ada();
  bob();
  ASSERT_TRUE(create({"carl", "adam@example.org"}));
  EXPECT_THAT(list({.prefix = "aDa"}), ElementsAre("Ada", "carl"));
  EXPECT_THAT(list({.limit = 1, .prefix = "ada"}), ElementsAre("Ada", "carl"));
  EXPECT_THAT(list({.prefix = "b"}), ElementsAre("bob"));
  EXPECT_THAT(list({.prefix = "zz"}), IsEmpty());
  EXPECT_THAT(list({.prefix = "%"}), IsEmpty());
  EXPECT_THAT(list({.prefix = ""}), SizeIs(3));
}

TEST_P(SqlUserListTest, FindsARarePrefixBehindManyOthers) {
  constexpr platform::Statement kMany{
      "many",
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8000) "
      "INSERT INTO users (username, email, username_key, email_key, is_active, created_at, "
      "updated_at, version) SELECT 'u' || i, 'u' || i, 'u' || i, 'u' || i, i > 0, $1, $1, 1 FROM n",
      true};
  ASSERT_TRUE(run(loop_, database_.execute(kMany, platform::SqlParameters(1, clock_.now()))));
  ada();
  EXPECT_THAT(list({.prefix = "ada"}), ElementsAre("Ada"));
  EXPECT_THAT(list({.limit = 1, .prefix = "u"}), ElementsAre("u1", "u2"));
  EXPECT_THAT(list({.limit = 1, .after = 7000, .prefix = "u"}), ElementsAre("u7001", "u7002"));
}

TEST_P(SqlUserListTest, FindsAddressesInBothWaysToWriteTheirDomain) {
  ASSERT_TRUE(create({"ann", "ann@xn--bcher-kva.example"}));
  ASSERT_TRUE(create({"bea", "bea@BÜCHER.example"}));
  EXPECT_THAT(list({.email = "ann@bücher.example"}), ElementsAre("ann"));
  EXPECT_THAT(list({.prefix = "ann@büch"}), ElementsAre("ann"));
  EXPECT_THAT(list({.prefix = "bea@xn--bcher-kva.ex"}), ElementsAre("bea"));
  EXPECT_THAT(list({.prefix = "bea@xn--bch"}), IsEmpty());
}

TEST_P(SqlUserListTest, FindsPrefixesThatAreLongerThanKeys) {
  const std::string many(10'000, 'n');
  ASSERT_TRUE(create({many + "1", "one"}, &reference_));
  ASSERT_TRUE(create({"two", many + "2"}, &reference_));
  ASSERT_TRUE(create({std::string(2'000, 'n'), "three"}, &reference_));
  EXPECT_THAT(list({.prefix = many}, &reference_), ElementsAre(many + "1", "two"));
  EXPECT_THAT(list({.prefix = many + "1"}, &reference_), ElementsAre(many + "1"));
  EXPECT_THAT(list({.prefix = many + "2"}, &reference_), ElementsAre("two"));
  EXPECT_THAT(list({.prefix = many + "3"}, &reference_), IsEmpty());
  EXPECT_THAT(list({.prefix = many + "N"}, &reference_), IsEmpty());
  EXPECT_THAT(list({.limit = 1, .prefix = std::string(1'500, 'n')}, &reference_), SizeIs(2));
  EXPECT_THAT(list({.prefix = std::string(1'000, 'n')}, &reference_), SizeIs(3));
}

class SqliteUserListTest : public SqlUserStoreTest {};

TEST_P(SqliteUserListTest, EveryListIsServedByAnIndex) {
  UserQuery query;
  for (unsigned filters = 0; filters < 32; ++filters) {
    query.username = (filters & 1) != 0 ? std::optional("x") : std::nullopt;
    query.email = (filters & 2) != 0 ? std::optional("x") : std::nullopt;
    query.prefix = (filters & 4) != 0 ? std::optional("x") : std::nullopt;
    if ((filters & 8) != 0) query.prefix = std::string(2 * kMaxWholeKeyBytes, 'x');
    query.isActive = (filters & 16) != 0 ? std::optional(true) : std::nullopt;
    const ListSearch search(query, UserRules::Reference);
    const std::string sql =
        "EXPLAIN QUERY PLAN " + std::string(search.statement(ListScope::Everywhere).sql);
    const platform::Statement explain{"explain", sql};
    auto parameters = search.parameters(ListScope::Everywhere);
    const auto plan = run(loop_, database_.execute(explain, std::move(parameters)));
    ASSERT_TRUE(plan);
    for (std::size_t i = 0; i < (*plan)->size(); ++i) {
      EXPECT_FALSE((*plan)->text(i, 3).starts_with("SCAN")) << sql << (*plan)->text(i, 3);
    }
  }
}

TEST(PrefixEnd, IsTheNextTextThatIsNoPrefix) {
  EXPECT_EQ(prefixEnd("ab"), "ac");
  EXPECT_EQ(prefixEnd("a\x7f"), "a\xc2\x80");
  EXPECT_EQ(prefixEnd("\xc3\xa9"), "\xc3\xaa");
  EXPECT_EQ(prefixEnd("\xed\x9f\xbf"), "\xee\x80\x80");  // over the surrogates
  EXPECT_EQ(prefixEnd("a\xf4\x8f\xbf\xbf"), "b");        // carries
  EXPECT_GT(prefixEnd("\xf4\x8f\xbf\xbf"), "\xf4\x8f\xbf\xbf");
  EXPECT_GT(prefixEnd(""), "zzz");
}

INSTANTIATE_TEST_SUITE_P(On, SqlUserListTest, kEveryEngine, nameOf);
INSTANTIATE_TEST_SUITE_P(On, SqliteUserListTest, ::testing::Values(Engine::Sqlite), nameOf);

}  // namespace
}  // namespace slipway::users
