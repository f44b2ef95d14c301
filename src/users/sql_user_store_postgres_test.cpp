// What only PostgreSQL can do to the store: other transactions at the same time, and its planner.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>

#include "platform/postgres/postgres_database_test_support.hpp"
#include "users/sql_user_store.hpp"
#include "users/user_list_query.hpp"

namespace slipway::users {
namespace {

using platform::UnitOfWork;
using slipway::testing::run;
using slipway::testing::start;
using std::chrono::milliseconds;
using Kind = UserError::Kind;

class PostgresUserStoreTest : public slipway::testing::PostgresTest {
 protected:
  void SetUp() override {
    PostgresTest::SetUp();
    engine().migrate("0.1.0", clock_.now());
    store_ = std::make_unique<SqlUserStore>(database(), clock_, UserRules::Strict);
  }
  std::unique_ptr<UnitOfWork> begin() {
    return std::make_unique<UnitOfWork>(run(loop_, database().begin()).value());
  }
  UserId create(const std::string& name) {
    const auto unit = begin();
    const auto user = run(loop_, store_->create(*unit, {name, name + "@example.org"}));
    EXPECT_TRUE(run(loop_, unit->commit()));
    return user.value().id;
  }
  /// What the loser of a race gets, once the winner has committed.
  template <typename T>
  UserResult<T> lose(UnitOfWork& winner, net::Task<UserResult<T>> work) {
    const auto loser = start(loop_, std::move(work));
    runFor(milliseconds(200));
    EXPECT_FALSE(loser->has_value());
    EXPECT_TRUE(run(loop_, winner.commit()));
    runUntil([&] { return loser->has_value(); });
    return std::move(**loser);
  }
  template <typename T>
  static std::optional<Kind> errorOf(const UserResult<T>& result) {
    return result ? std::nullopt : std::optional(result.error().kind);
  }

  slipway::testing::FakeClock clock_;
  std::unique_ptr<SqlUserStore> store_;
};

TEST_F(PostgresUserStoreTest, TheLoserOfARaceLearnsWhatWasTaken) {
  const auto ada = create("ada");
  const auto bob = create("bob");
  auto winner = begin();
  auto loser = begin();
  ASSERT_TRUE(run(loop_, store_->update(*winner, ada, {.username = "new"}, {})));
  EXPECT_EQ(errorOf(lose(*winner, store_->update(*loser, bob, {.username = "NEW"}, {}))),
            Kind::UsernameTaken);
  winner = begin();
  loser = begin();
  ASSERT_TRUE(run(loop_, store_->update(*winner, ada, {.email = "new@example.org"}, {})));
  EXPECT_EQ(errorOf(lose(*winner, store_->update(*loser, bob, {.email = "New@example.org"}, {}))),
            Kind::EmailTaken);
  winner = begin();
  loser = begin();
  ASSERT_TRUE(run(loop_, store_->create(*winner, {"carl", "carl@example.org"})));
  EXPECT_EQ(errorOf(lose(*winner, store_->create(*loser, {"dan", "Carl@example.org"}))),
            Kind::EmailTaken);
}

TEST_F(PostgresUserStoreTest, ConcurrentChangesOfOneUserAllHappen) {
  const auto id = create("ada");
  auto winner = begin();
  auto loser = begin();
  ASSERT_TRUE(run(loop_, store_->update(*winner, id, {.username = "one"}, {})));
  const auto changed = lose(*winner, store_->update(*loser, id, {.isActive = false}, {}));
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->username, "one");
  EXPECT_EQ(changed->version, 3);
}

TEST_F(PostgresUserStoreTest, ManyChangesOfOneUserAllHappen) {
  options_.poolSize = 20;
  reopen();
  store_ = std::make_unique<SqlUserStore>(database(), clock_, UserRules::Strict);
  const auto id = create("ada");
  const auto change = [&](int i) -> net::Task<bool> {
    auto transaction = co_await database().begin();
    if (!transaction) co_return false;
    UnitOfWork unit(std::move(*transaction));
    UserChange to{.email = "mail" + std::to_string(i) + "@example.org"};
    const auto changed = co_await store_->update(unit, id, std::move(to), {});
    if (!changed) co_return false;
    const auto committed = co_await unit.commit();
    co_return committed.has_value();
  };
  std::vector<std::shared_ptr<std::optional<bool>>> changes;
  for (int i = 0; i < 60; ++i) changes.push_back(start(loop_, change(i)));
  runUntil([&] { return std::ranges::all_of(changes, [](auto& c) { return c->has_value(); }); });
  EXPECT_TRUE(std::ranges::all_of(changes, [](auto& changed) { return **changed; }));
  EXPECT_EQ(run(loop_, store_->find(id, nullptr))->version, 61);
}

TEST_F(PostgresUserStoreTest, AfterAViolationTheSavepointIsThere) {
  const auto ada = create("ada");
  const auto bob = create("bob");
  const auto winner = begin();
  const auto loser = begin();
  ASSERT_TRUE(run(loop_, loser->setSavepoint()));
  ASSERT_TRUE(run(loop_, store_->update(*winner, ada, {.username = "new"}, {})));
  EXPECT_FALSE(lose(*winner, store_->update(*loser, bob, {.username = "new"}, {})));
  EXPECT_TRUE(run(loop_, loser->undoToSavepoint()));
  EXPECT_TRUE(run(loop_, store_->update(*loser, bob, {.username = "other"}, {})));
  EXPECT_TRUE(run(loop_, loser->commit()));
}

TEST_F(PostgresUserStoreTest, EveryListIsServedByAnIndex) {
  server().run(
      "INSERT INTO users (username, email, username_key, email_key, is_active, created_at, "
      "updated_at, version) SELECT 'u' || i, 'e' || i, 'u' || i, 'e' || i, i % 2 = 0, now(), "
      "now(), 1 FROM generate_series(1, 50000) AS i; ANALYZE users",
      name_);
  UserQuery query;
  query.limit = 20;
  for (unsigned filters = 0; filters < 16; ++filters) {
    query.username = (filters & 1) != 0 ? std::optional("u77") : std::nullopt;
    query.email = (filters & 2) != 0 ? std::optional("e77") : std::nullopt;
    query.prefix = (filters & 4) != 0 ? std::optional("u4999") : std::nullopt;
    query.isActive = (filters & 8) != 0 ? std::optional(true) : std::nullopt;
    const ListSearch search(query, UserRules::Strict);
    for (const auto scope : {ListScope::Everywhere, ListScope::Window}) {
      const std::string sql = "EXPLAIN " + std::string(search.statement(scope).sql);
      const platform::Statement explain{"explain", sql};
      const auto plan = execute(explain, search.parameters(scope));
      ASSERT_TRUE(plan) << plan.error().message;
      for (std::size_t i = 0; i < (*plan)->size(); ++i) {
        EXPECT_EQ((*plan)->text(i, 0).find("Seq Scan"), std::string::npos) << sql;
      }
    }
  }
}

TEST_F(PostgresUserStoreTest, PlansThatAreKeptUseTheIndexesToo) {
  server().run(
      "INSERT INTO users (username, email, username_key, email_key, is_active, created_at, "
      "updated_at, version) SELECT 'u' || i, 'e' || i, 'u' || i, 'e' || i, i % 2 = 0, now(), "
      "now(), 1 FROM generate_series(1, 50000) AS i; ANALYZE users",
      name_);
  ASSERT_TRUE(execute({"plans", "SET plan_cache_mode = force_generic_plan", true}));
  const UserQuery query{.limit = 20, .prefix = "u4999"};
  constexpr platform::Statement kScans{
      "scans", "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'users'"};
  const auto before = (*execute(kScans))->integer(0, 0);
  EXPECT_EQ(run(loop_, store_->list(query, nullptr))->size(), 11U);
  execute({"flush", "SELECT pg_stat_force_next_flush()", true});
  EXPECT_EQ((*execute(kScans))->integer(0, 0), before);
}

}  // namespace
}  // namespace slipway::users
