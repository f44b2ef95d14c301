#include "users/sql_user_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <limits>

#include "platform/migrations.hpp"
#include "platform/postgres/postgres_engine.hpp"
#include "platform/postgres/postgres_server_test_support.hpp"
#include "platform/sqlite/sqlite_engine.hpp"
#include "platform/test_support.hpp"
#include "users/user_list_query.hpp"

namespace slipway::users {
namespace {

using net::Task;
using platform::UnitOfWork;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Kind = UserError::Kind;
using slipway::testing::run;

enum class Engine : std::uint8_t { Sqlite, Postgres };

std::unique_ptr<platform::SqlEngine> newDatabase(Engine engine, const std::string& file) {
  if (engine == Engine::Sqlite) {
    return std::make_unique<platform::SqliteEngine>(platform::SqliteOptions{.path = file});
  }
  auto& server = slipway::testing::PostgresServer::shared();
  return std::make_unique<platform::PostgresEngine>(
      platform::PostgresOptions{.url = base::Secret(server.url(server.createDatabase()))});
}

class SqlUserStoreTest : public ::testing::TestWithParam<Engine> {
 protected:
  slipway::testing::TempFolder folder_;
  slipway::testing::FakeClock clock_;
  net::asio::io_context loop_;
  std::unique_ptr<platform::SqlEngine> engine_ = newDatabase(GetParam(), folder_.file("test.db"));
  std::unique_ptr<platform::Database> open_ = engine_->open(loop_);
  platform::Database& database_ = *open_;
  SqlUserStore strict_{database_, clock_, UserRules::Strict};
  SqlUserStore reference_{database_, clock_, UserRules::Reference};

  void SetUp() override { engine_->migrate("0.1.0", clock_.now()); }

  std::unique_ptr<UnitOfWork> begin() {
    auto transaction = run(loop_, database_.begin());
    return std::make_unique<UnitOfWork>(std::move(*transaction));
  }
  template <typename T>
  UserResult<T> committed(UnitOfWork& unit, Task<UserResult<T>> work) {
    auto result = run(loop_, std::move(work));
    if (result) {
      EXPECT_TRUE(run(loop_, unit.commit()));
    }
    return result;
  }
  UserResult<User> create(NewUser user, UserStore* store = nullptr) {
    const auto unit = begin();
    return committed(*unit, (store ? *store : strict_).create(*unit, std::move(user)));
  }
  UserResult<User> update(UserId id, UserChange change, ExpectedVersions expected = {}) {
    const auto unit = begin();
    return committed(*unit, strict_.update(*unit, id, std::move(change), std::move(expected)));
  }
  UserResult<void> remove(UserId id, ExpectedVersions expected = {}) {
    const auto unit = begin();
    return committed(*unit, strict_.remove(*unit, id, std::move(expected)));
  }
  UserResult<FoundUser> find(std::int64_t id) { return run(loop_, strict_.find(UserId{id})); }
  std::vector<std::string> list(UserQuery query, UserStore* store = nullptr) {
    const auto found = run(loop_, (store ? *store : strict_).list(std::move(query)));
    EXPECT_TRUE(found);
    std::vector<std::string> names;
    for (const auto& user : found.value_or(std::vector<User>())) names.push_back(user.username);
    return names;
  }
  User ada() { return create({"Ada", "ada@example.org"}).value(); }
  User bob() { return create({"bob", "bob@example.org", false}).value(); }
};

template <typename T>
std::optional<Kind> errorOf(const UserResult<T>& result) {
  return result ? std::nullopt : std::optional(result.error().kind);
}

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
  EXPECT_EQ(errorOf(run(loop_, strict_.list({.prefix = nul}))), Kind::InvalidText);
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

TEST_P(SqlUserStoreTest, ListsByIdInPages) {
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

TEST_P(SqlUserStoreTest, FiltersByEveryField) {
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

TEST_P(SqlUserStoreTest, FindsPrefixesOfEither) {
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

TEST_P(SqlUserStoreTest, FindsARarePrefixBehindManyOthers) {
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

TEST_P(SqlUserStoreTest, FindsAddressesInBothWaysToWriteTheirDomain) {
  ASSERT_TRUE(create({"ann", "ann@xn--bcher-kva.example"}));
  ASSERT_TRUE(create({"bea", "bea@BÜCHER.example"}));
  EXPECT_THAT(list({.email = "ann@bücher.example"}), ElementsAre("ann"));
  EXPECT_THAT(list({.prefix = "ann@büch"}), ElementsAre("ann"));
  EXPECT_THAT(list({.prefix = "bea@xn--bcher-kva.ex"}), ElementsAre("bea"));
  EXPECT_THAT(list({.prefix = "bea@xn--bch"}), IsEmpty());
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

TEST_P(SqlUserStoreTest, FindsPrefixesThatAreLongerThanKeys) {
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

class SqliteUserStoreTest : public SqlUserStoreTest {};

TEST_P(SqliteUserStoreTest, EveryListIsServedByAnIndex) {
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

TEST_P(SqlUserStoreTest, GivesTheDatabasesErrorOn) {
  const auto empty = newDatabase(GetParam(), folder_.file("empty.db"));
  const auto noTables = empty->open(loop_);
  SqlUserStore store(*noTables, clock_, UserRules::Strict);
  const auto found = run(loop_, store.find(UserId{1}));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, Kind::Database);
  EXPECT_EQ(found.error().cause.kind, platform::SqlError::Kind::Internal);
  EXPECT_EQ(errorOf(run(loop_, store.list({}))), Kind::Database);
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

/// A database on which another writer is always faster, as PostgreSQL allows.
class RacingUnit final : public platform::Transaction {
 public:
  RacingUnit(std::unique_ptr<platform::Transaction> real, std::string loses,
             std::optional<platform::SqlError> error)
      : real_(std::move(real)), loses_(std::move(loses)), error_(error) {}
  Task<platform::SqlResult> execute(const platform::Statement& statement,
                                    platform::SqlParameters parameters) override {
    if (statement.name != loses_) {
      auto result = co_await real_->execute(statement, std::move(parameters));
      co_return result;
    }
    if (error_) co_return std::unexpected(*error_);
    static constexpr platform::Statement kNothing{
        "nothing", "UPDATE users SET version = 0 WHERE id < 0", true};
    auto result = co_await real_->execute(kNothing, {});
    co_return result;
  }
  Task<std::expected<void, platform::SqlError>> commit() override { return real_->commit(); }

 private:
  std::unique_ptr<platform::Transaction> real_;
  const std::string loses_;
  const std::optional<platform::SqlError> error_;
};

class RacedStoreTest : public SqlUserStoreTest {
 protected:
  std::unique_ptr<UnitOfWork> beginLosing(std::string statement,
                                          std::optional<platform::SqlError> error = {}) {
    auto real = run(loop_, database_.begin());
    return std::make_unique<UnitOfWork>(
        std::make_unique<RacingUnit>(std::move(*real), std::move(statement), error));
  }
};

TEST_P(RacedStoreTest, GivesUpAfterSomeAttempts) {
  const UserId id = ada().id;
  auto unit = beginLosing("users.update");  // one at a time: each holds the writer
  EXPECT_EQ(errorOf(run(loop_, strict_.update(*unit, id, {.username = "x"}, {}))), Kind::Database);
  unit.reset();
  unit = beginLosing("users.delete");
  EXPECT_EQ(errorOf(run(loop_, strict_.remove(*unit, id, {}))), Kind::Database);
  unit.reset();
  unit = beginLosing("users.insert");
  EXPECT_EQ(errorOf(run(loop_, strict_.create(*unit, {"x", "y"}))), Kind::Database);
}

TEST_P(RacedStoreTest, TellsByTheIndexWhatWasTaken) {
  const UserId id = ada().id;
  platform::SqlError violation{platform::SqlError::Kind::UniqueViolation, "", "users_username_key"};
  auto unit = beginLosing("users.update", violation);
  EXPECT_EQ(errorOf(run(loop_, strict_.update(*unit, id, {.username = "x"}, {}))),
            Kind::UsernameTaken);
  unit.reset();
  violation.constraint = "users_email_key";
  unit = beginLosing("users.update", violation);
  EXPECT_EQ(errorOf(run(loop_, strict_.update(*unit, id, {.username = "x"}, {}))),
            Kind::EmailTaken);
}

TEST_P(RacedStoreTest, GivesErrorsOfEveryStatementOn) {
  const UserId id = ada().id;
  const platform::SqlError unavailable{platform::SqlError::Kind::Unavailable, "", {}};
  for (const char* statement : {"users.find", "users.find_taken", "users.update"}) {
    const auto unit = beginLosing(statement, unavailable);
    EXPECT_EQ(errorOf(run(loop_, strict_.update(*unit, id, {.username = "x"}, {}))), Kind::Database)
        << statement;
  }
  auto unit = beginLosing("users.delete", unavailable);
  EXPECT_EQ(errorOf(run(loop_, strict_.remove(*unit, id, {}))), Kind::Database);
  unit.reset();
  unit = beginLosing("users.insert", unavailable);
  EXPECT_EQ(errorOf(run(loop_, strict_.create(*unit, {"x", "y"}))), Kind::Database);
}

std::string nameOf(const ::testing::TestParamInfo<Engine>& engine) {
  return engine.param == Engine::Sqlite ? "Sqlite" : "Postgres";
}
INSTANTIATE_TEST_SUITE_P(On, SqlUserStoreTest, ::testing::Values(Engine::Sqlite, Engine::Postgres),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(On, SqliteUserStoreTest, ::testing::Values(Engine::Sqlite), nameOf);
INSTANTIATE_TEST_SUITE_P(On, RacedStoreTest, ::testing::Values(Engine::Sqlite, Engine::Postgres),
                         nameOf);

}  // namespace
}  // namespace slipway::users
