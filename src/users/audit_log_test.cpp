#include "users/audit_log.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "platform/sqlite/sqlite_database.hpp"
#include "platform/sqlite/sqlite_engine.hpp"
#include "platform/test_support.hpp"
#include "users/sql_user_store.hpp"

namespace slipway::users {
namespace {

using platform::UnitOfWork;
using slipway::testing::run;

constexpr std::string_view kAda =
    R"({"id":1,"username":"ada","email":"ada@example.org","is_active":true,)"
    R"("created_at":"2025-11-22T21:50:04.467741"})";
constexpr std::string_view kIdle =
    R"({"id":1,"username":"ada","email":"ada@example.org","is_active":false,)"
    R"("created_at":"2025-11-22T21:50:04.467741"})";

class AuditLogTest : public ::testing::Test {
 protected:
  void SetUp() override { engine_.migrate(platform::sqliteMigrations(), "0.1.0", clock_.now()); }

  UnitOfWork begin() {
    auto transaction = run(loop_, database_.begin());
    return UnitOfWork(std::move(*transaction), {.subject = "ops", .requestId = "r-1"});
  }
  void commit(UnitOfWork& unit) { EXPECT_TRUE(run(loop_, unit.commit())); }
  void createAda() {
    auto unit = begin();
    ASSERT_TRUE(run(loop_, store_.create(unit, {"ada", "ada@example.org"})));
    commit(unit);
  }
  bool change(UserChange change) {
    auto unit = begin();
    const bool changed =
        run(loop_, store_.update(unit, UserId{1}, std::move(change), {})).has_value();
    commit(unit);
    return changed;
  }
  void removeAda() {
    auto unit = begin();
    ASSERT_TRUE(run(loop_, store_.remove(unit, UserId{1}, {})));
    commit(unit);
  }
  AuditPage read(std::int64_t user = 1, std::int64_t after = 0, std::int64_t limit = 100) {
    const auto page = run(loop_, readAuditEntries(database_, UserId{user}, after, limit));
    EXPECT_TRUE(page);
    return page.value_or(std::nullopt);
  }

  slipway::testing::FakeClock clock_;
  net::asio::io_context loop_;
  slipway::testing::TemporaryFolder folder_;
  platform::SqliteEngine engine_{{.path = folder_.file("test.db")}};
  platform::SqliteDatabase database_{engine_, loop_};
  SqlUserStore store_{database_, clock_, UserRules::Strict};
};

TEST_F(AuditLogTest, TellsWhoDidWhatAndOutlivesTheUser) {
  createAda();
  ASSERT_TRUE(change({.isActive = false}));
  removeAda();
  const auto page = read();
  ASSERT_TRUE(page);
  ASSERT_EQ(page->size(), 3U);
  const auto expect = [](const AuditEntry& entry, std::string_view action, std::int64_t version,
                         std::string_view before, std::string_view after) {
    EXPECT_EQ(entry.action, action);
    EXPECT_EQ(entry.version, version);
    EXPECT_EQ(entry.before, before);
    EXPECT_EQ(entry.after, after);
    EXPECT_EQ(entry.userId, UserId{1});
    EXPECT_EQ(entry.subject, "ops");
    EXPECT_EQ(entry.requestId, "r-1");
  };
  expect((*page)[0], "create", 1, "", kAda);
  expect((*page)[1], "update", 2, kAda, kIdle);
  expect((*page)[2], "delete", 3, kIdle, "");
  EXPECT_EQ((*page)[0].createdAt, clock_.now());
}

TEST_F(AuditLogTest, HasNoEntryWhereNothingChanged) {
  createAda();
  EXPECT_TRUE(change({.username = "ada", .isActive = true}));
  EXPECT_EQ(read()->size(), 1U);
}

TEST_F(AuditLogTest, GoesWithItsTransaction) {
  createAda();
  {
    auto unit = begin();
    ASSERT_TRUE(run(loop_, store_.update(unit, UserId{1}, {.isActive = false}, {})));
  }
  EXPECT_EQ(read()->size(), 1U);
  auto unit = begin();
  ASSERT_TRUE(run(loop_, unit.setSavepoint()));
  ASSERT_TRUE(run(loop_, store_.remove(unit, UserId{1}, {})));
  ASSERT_TRUE(run(loop_, unit.undoToSavepoint()));
  commit(unit);
  EXPECT_EQ(read()->size(), 1U);
}

TEST_F(AuditLogTest, IsReadInPages) {
  createAda();
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(change({.isActive = i % 2 != 0}));
  const auto first = read(1, 0, 2);
  EXPECT_EQ(first->size(), 3U);  // one more than asked for: there is a next page
  const auto second = read(1, (*first)[1].id, 100);
  ASSERT_EQ(second->size(), 3U);
  EXPECT_EQ((*second)[0].id, (*first)[2].id);
  EXPECT_EQ(read(1, (*second)[2].id)->size(), 0U);
}

TEST_F(AuditLogTest, KnowsWhoNeverWas) {
  EXPECT_FALSE(read(1));
  EXPECT_FALSE(read(-1));
  EXPECT_FALSE(read(std::numeric_limits<std::int64_t>::max()));
  createAda();
  EXPECT_TRUE(read(1));
  EXPECT_FALSE(read(2));
}

TEST_F(AuditLogTest, OfAUserFromBeforeItIsEmpty) {
  createAda();
  constexpr platform::Statement kForget{"forget", "DELETE FROM audit_log", true};
  ASSERT_TRUE(run(loop_, database_.execute(kForget, {})));
  ASSERT_TRUE(read());
  EXPECT_TRUE(read()->empty());
}

TEST(AuditJson, ShowsStatesInTheOrderOfUsersWhateverTheDatabaseKeeps) {
  AuditEntry entry{.id = 7,
                   .userId = UserId{1},
                   .version = 2,
                   .action = "update",
                   .subject = "o\"ps",
                   .requestId = "r"};
  entry.before = R"({"id": 1, "email": "ada@example.org", "username": "ada", "is_active": true, )"
                 R"("more": 1, "created_at": "2025-11-22T21:50:04.467741"})";
  std::string json;
  appendAuditJson(json, entry);
  EXPECT_EQ(json, R"({"id":7,"user_id":1,"version":2,"action":"update","subject":"o\"ps",)"
                  R"("request_id":"r","created_at":"1970-01-01T00:00:00","before":{"id":1,)"
                  R"("username":"ada","email":"ada@example.org","is_active":true,)"
                  R"("created_at":"2025-11-22T21:50:04.467741","more":1},"after":null})");
}

}  // namespace
}  // namespace slipway::users
