#include "platform/postgres/postgres_transaction.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/postgres/postgres_database_test_support.hpp"
#include "platform/unit_of_work.hpp"

namespace slipway::platform {
namespace {

using slipway::testing::run;
using slipway::testing::start;
using std::chrono::milliseconds;
using Kind = SqlError::Kind;

constexpr Statement kInsert{"insert", "INSERT INTO t VALUES ($1)", true};
constexpr Statement kCount{"count", "SELECT count(*) FROM t"};
constexpr Statement kBackend{"backend", "SELECT pg_backend_pid()"};
constexpr Statement kFail{"fail", "SELECT 1 / 0"};

class PostgresTransactionTest : public slipway::testing::PostgresTest {
 protected:
  void SetUp() override {
    PostgresTest::SetUp();
    server().run("CREATE TABLE t (a bigint UNIQUE DEFERRABLE INITIALLY IMMEDIATE)", name_);
  }
  std::unique_ptr<Transaction> begin() {
    auto transaction = run(loop_, database().begin());
    if (!transaction) throw std::runtime_error(transaction.error().message);
    return std::move(*transaction);
  }
  SqlResult insert(Transaction& transaction, std::int64_t value) {
    return run(loop_, transaction.execute(kInsert, SqlParameters(1, value)));
  }
  static SqlCall insertOf(std::int64_t value) { return {&kInsert, SqlParameters(1, value)}; }
  std::int64_t rows() { return (*execute(kCount))->integer(0, 0); }
  std::int64_t backendOf(Transaction& transaction) {
    return (*run(loop_, transaction.execute(kBackend, {})))->integer(0, 0);
  }
  void terminate(std::int64_t backend) {
    server().run("SELECT pg_terminate_backend(" + std::to_string(backend) + ")");
  }
};

TEST_F(PostgresTransactionTest, ShowsItsChangesAfterTheCommit) {
  const auto transaction = begin();
  ASSERT_TRUE(insert(*transaction, 1));
  ASSERT_TRUE(insert(*transaction, 2));
  EXPECT_EQ(rows(), 0);
  ASSERT_TRUE(run(loop_, transaction->commit()));
  EXPECT_EQ(rows(), 2);
}

TEST_F(PostgresTransactionTest, IsRolledBackWhenDestroyed) {
  options_.poolSize = 2;  // one of them for transactions
  auto transaction = begin();
  ASSERT_TRUE(insert(*transaction, 1));
  const auto backend = backendOf(*transaction);
  transaction.reset();
  const auto next = begin();
  EXPECT_EQ(backendOf(*next), backend);
  EXPECT_EQ((*run(loop_, next->execute(kCount, {})))->integer(0, 0), 0);
}

TEST_F(PostgresTransactionTest, IsRolledBackWhenDestroyedWithAStatementInFlight) {
  constexpr Statement kSlow{"slow", "INSERT INTO t SELECT 5 FROM pg_sleep(1)", true};
  auto transaction = begin();
  const auto slow = start(loop_, transaction->execute(kSlow, {}));
  runFor(milliseconds(50));
  transaction.reset();
  runUntil([&] { return slow->has_value(); });
  runFor(milliseconds(100));
  EXPECT_EQ(rows(), 0);
  EXPECT_TRUE(insert(*begin(), 1));
}

TEST_F(PostgresTransactionTest, AnEmptyOneCommitsWithoutTheServer) {
  EXPECT_TRUE(run(loop_, begin()->commit()));
}

TEST_F(PostgresTransactionTest, RunsTheLastStatementsWithTheCommit) {
  std::vector<std::string> segments;
  options_.observer = [&](std::string_view query, auto) { segments.emplace_back(query); };
  auto transaction = begin();
  ASSERT_TRUE(insert(*transaction, 1));
  ASSERT_TRUE(run(loop_, transaction->commit({insertOf(2), insertOf(3)})));
  EXPECT_THAT(segments, ::testing::ElementsAre("insert", "commit"));
  transaction = begin();
  ASSERT_TRUE(run(loop_, transaction->commit({insertOf(4)})));  // all of it at once
  EXPECT_EQ(rows(), 4);
}

TEST_F(PostgresTransactionTest, CommitsNothingWhenOneOfTheLastFails) {
  options_.poolSize = 2;  // one of them for transactions
  auto transaction = begin();
  const auto backend = backendOf(*transaction);
  ASSERT_TRUE(insert(*transaction, 1));
  auto outcome = run(loop_, transaction->commit({insertOf(2), {&kFail}, insertOf(3)}));
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().message, ::testing::HasSubstr("fail"));
  transaction = begin();
  EXPECT_EQ(backendOf(*transaction), backend);  // the connection is as good as before
  outcome = run(loop_, transaction->commit({insertOf(1), insertOf(1)}));
  EXPECT_EQ(outcome.error().kind, Kind::UniqueViolation);
  transaction = begin();
  constexpr Statement kText{"text", "INSERT INTO t SELECT length($1)", true};
  ASSERT_TRUE(insert(*transaction, 1));
  outcome = run(loop_, transaction->commit({{&kText, SqlParameters(1, std::string("\0", 1))}}));
  EXPECT_EQ(outcome.error().kind, Kind::InvalidText);
  EXPECT_EQ(backendOf(*begin()), backend);
  EXPECT_EQ(rows(), 0);
}

TEST_F(PostgresTransactionTest, RefusesMoreStatementsAtOnceThanItHasRoomFor) {
  EXPECT_TRUE(run(loop_, begin()->commit({insertOf(1), insertOf(2), insertOf(3), insertOf(4)})));
  const auto outcome = run(
      loop_, begin()->commit({insertOf(5), insertOf(6), insertOf(7), insertOf(8), insertOf(9)}));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, Kind::Internal);
  EXPECT_EQ(rows(), 4);
}

TEST_F(PostgresTransactionTest, AFailedOneDoesNotCommit) {
  const auto transaction = begin();
  ASSERT_TRUE(insert(*transaction, 1));
  EXPECT_FALSE(run(loop_, transaction->execute(kFail, {})));
  EXPECT_FALSE(insert(*transaction, 2));
  EXPECT_FALSE(run(loop_, transaction->commit()));
  EXPECT_EQ(rows(), 0);
}

TEST_F(PostgresTransactionTest, GoesBackToASavepoint) {
  UnitOfWork unit(begin());
  ASSERT_TRUE(run(loop_, unit.setSavepoint()));
  ASSERT_TRUE(run(loop_, unit.execute(kInsert, SqlParameters(1, std::int64_t{1}))));
  EXPECT_FALSE(run(loop_, unit.execute(kFail, {})));
  ASSERT_TRUE(run(loop_, unit.undoToSavepoint()));
  ASSERT_TRUE(run(loop_, unit.execute(kInsert, SqlParameters(1, std::int64_t{2}))));
  ASSERT_TRUE(run(loop_, unit.commit()));
  EXPECT_EQ(rows(), 1);
}

TEST_F(PostgresTransactionTest, ALostConnectionLosesTheTransaction) {
  auto transaction = begin();
  ASSERT_TRUE(insert(*transaction, 1));
  terminate(backendOf(*transaction));
  EXPECT_EQ(kindOf(insert(*transaction, 2)), Kind::Unavailable);
  EXPECT_FALSE(run(loop_, transaction->commit()));
  transaction.reset();
  EXPECT_TRUE(insert(*begin(), 3));
  EXPECT_EQ(rows(), 0);
}

TEST_F(PostgresTransactionTest, ACommitWithoutAnAnswerIsUnknown) {
  server().run(
      "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN PERFORM pg_sleep(2); RETURN NULL; END $$; "
      "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED "
      "FOR EACH ROW EXECUTE FUNCTION slow()",
      name_);
  UnitOfWork unit(begin());
  unit.executeAtCommit(insertOf(1));
  const auto pid = run(loop_, unit.execute(kBackend, {}));
  const auto backend = (*pid)->integer(0, 0);
  std::optional<CommitOutcome> told;
  unit.afterCommit([&](CommitOutcome outcome) -> net::Task<> {
    told = outcome;
    co_return;
  });
  const auto committed = start(loop_, unit.commit());
  runFor(milliseconds(200));
  terminate(backend);
  runUntil([&] { return committed->has_value(); });
  EXPECT_FALSE(**committed);
  EXPECT_EQ(told, CommitOutcome::Unknown);
}

TEST_F(PostgresTransactionTest, TheLockIsHeldByOne) {
  auto first = run(loop_, database().beginExclusive("key"));
  ASSERT_TRUE(first);
  const auto second = run(loop_, database().beginExclusive("key"));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, Kind::Busy);
  EXPECT_TRUE(run(loop_, database().beginExclusive("other")));
  ASSERT_TRUE(run(loop_, (*first)->commit()));
  EXPECT_TRUE(run(loop_, database().beginExclusive("key")));
}

TEST_F(PostgresTransactionTest, AReadThatHoldsKeepsOthersFromTheRow) {
  server().run("INSERT INTO t VALUES (1)", name_);
  constexpr std::string_view kSql = "SELECT a FROM t WHERE a = 1";  // the same of both
  constexpr Statement kLook{.name = "look", .sql = kSql};
  constexpr Statement kHold{.name = "hold", .sql = kSql, .holds = true};
  constexpr Statement kIsFree{"is_free", "SELECT a FROM t WHERE a = 1 FOR UPDATE SKIP LOCKED"};
  const auto isFree = [&] { return (*execute(kIsFree))->size() == 1; };
  const auto transaction = begin();
  EXPECT_EQ((*run(loop_, transaction->execute(kLook, {})))->size(), 1U);
  EXPECT_TRUE(isFree());
  EXPECT_EQ((*run(loop_, transaction->execute(kHold, {})))->size(), 1U);
  EXPECT_FALSE(isFree());
  EXPECT_EQ((*run(loop_, transaction->execute(kLook, {})))->size(), 1U);
  ASSERT_TRUE(run(loop_, transaction->commit()));
  EXPECT_TRUE(isFree());
}

TEST_F(PostgresTransactionTest, WaitsForAConnectionButNotForEver) {
  options_.poolSize = 2;  // one of them for transactions
  options_.waitTimeout = milliseconds(400);
  options_.waitLimit = 1;
  auto held = begin();
  const auto waiting = start(loop_, database().begin());
  runFor(milliseconds(50));
  const auto refused = run(loop_, database().begin());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Kind::Overloaded);
  EXPECT_EQ(engine().figures().waiting, 1U);
  runUntil([&] { return waiting->has_value(); });
  EXPECT_EQ((**waiting).error().kind, Kind::Timeout);
  const auto again = start(loop_, database().begin());
  runFor(milliseconds(50));
  held.reset();
  runUntil([&] { return again->has_value(); });
  EXPECT_TRUE(**again);
}

TEST_F(PostgresTransactionTest, OneThatTakesTooLongIsRolledBack) {
  options_.transactionTimeout = milliseconds(300);
  const auto transaction = begin();
  ASSERT_TRUE(insert(*transaction, 1));
  runFor(milliseconds(900));
  EXPECT_EQ(kindOf(insert(*transaction, 2)), Kind::Timeout);
  EXPECT_FALSE(run(loop_, transaction->commit()));
  EXPECT_EQ(rows(), 0);
}

TEST_F(PostgresTransactionTest, ALockThatIsNotToBeHadIsATimeout) {
  options_.statementTimeout = milliseconds(300);
  const auto holder = begin();
  ASSERT_TRUE(insert(*holder, 1));
  const auto waiter = begin();
  EXPECT_EQ(kindOf(insert(*waiter, 1)), Kind::Timeout);
}

TEST_F(PostgresTransactionTest, AReadOnlyServerIsUnavailableForWritesAndRead) {
  ASSERT_TRUE(insert(*begin(), 1));
  server().run("ALTER DATABASE " + name_ + " SET default_transaction_read_only = on");
  reopen();
  auto transaction = begin();
  EXPECT_EQ(kindOf(insert(*transaction, 1)), Kind::Unavailable);
  transaction.reset();
  server().run("ALTER DATABASE " + name_ + " RESET default_transaction_read_only");
  EXPECT_EQ(rows(), 0);
  transaction = begin();
  EXPECT_TRUE(insert(*transaction, 1));  // on a connection of its own: the old one was given up
}

TEST_F(PostgresTransactionTest, BehindAPoolerItKeepsItsLimitsAndPreparesNothing) {
  options_.pooler = PostgresPooler::Transaction;
  options_.statementTimeout = milliseconds(300);
  ASSERT_TRUE(run(loop_, begin()->commit({insertOf(7), insertOf(8)})));
  auto transaction = begin();
  ASSERT_TRUE(insert(*transaction, 1));
  constexpr Statement kPrepared{"prepared", "SELECT count(*) FROM pg_prepared_statements"};
  const auto prepared = run(loop_, transaction->execute(kPrepared, {}));
  EXPECT_EQ((*prepared)->integer(0, 0), 0);
  constexpr Statement kSleep{"sleep", "SELECT pg_sleep(5)"};
  EXPECT_EQ(kindOf(run(loop_, transaction->execute(kSleep, {}))), Kind::Timeout);
  transaction.reset();
  EXPECT_EQ(rows(), 2);
}

}  // namespace
}  // namespace slipway::platform
