#include "platform/sqlite/sqlite_database.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <filesystem>
#include <future>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include "platform/sqlite/sqlite_engine.hpp"
#include "platform/test_support.hpp"

namespace slipway::platform {
namespace {

namespace asio = net::asio;
using Kind = SqlError::Kind;
using net::Task;
using slipway::testing::run;
using slipway::testing::start;
using std::chrono::milliseconds;

constexpr Statement kCreate{"create", "CREATE TABLE t (a INTEGER PRIMARY KEY)", true};
constexpr Statement kInsert{"insert", "INSERT INTO t VALUES ($1)", true};
constexpr Statement kCount{"count", "SELECT count(*) FROM t"};
constexpr Statement kForever{
    "forever",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"};

/// Lets the engine's thread go on only when told to.
class Gate {
 public:
  QueryObserver stopAt(std::string name) {
    return [this, name = std::move(name)](std::string_view query, std::chrono::nanoseconds) {
      if (query == name && !passed_.exchange(true)) {
        reached_.set_value();
        opened_.get_future().wait();
      }
    };
  }
  void awaitReached() { reached_.get_future().wait(); }
  void open() { opened_.set_value(); }

 private:
  std::atomic<bool> passed_{false};
  std::promise<void> reached_;
  std::promise<void> opened_;
};

class SqliteDatabaseTest : public ::testing::TestWithParam<bool> {
 protected:
  slipway::testing::TemporaryFolder folder_;
  asio::io_context loop_;
  std::unique_ptr<SqliteEngine> engine_;
  std::unique_ptr<SqliteDatabase> database_;

  void SetUp() override { open({}); }
  void TearDown() override { close(); }

  void open(SqliteOptions options) {
    close();
    if (!inMemory()) options.path = folder_.file("test.db");
    engine_ = std::make_unique<SqliteEngine>(options);
    database_ = std::make_unique<SqliteDatabase>(*engine_, loop_);
    [[maybe_unused]] const auto result = run(loop_, execute(kCreate));  // fails when it is there
  }
  void close() {
    database_.reset();
    engine_.reset();
  }
  bool inMemory() const { return GetParam(); }

  Task<SqlResult> execute(const Statement& statement) { return database_->execute(statement, {}); }
  static SqlCall insertOf(std::int64_t value) { return {&kInsert, SqlParameters(1, value)}; }
  Task<SqlResult> insert(SqlSession& session, std::int64_t value) {
    return session.execute(kInsert, SqlParameters(1, value));
  }
  std::int64_t count() {
    const auto rows = run(loop_, execute(kCount));
    return rows ? (*rows)->integer(0, 0) : -1;
  }
  std::unique_ptr<Transaction> begin() {
    auto transaction = run(loop_, database_->begin());
    return transaction ? std::move(*transaction) : nullptr;
  }
};

INSTANTIATE_TEST_SUITE_P(Places, SqliteDatabaseTest, ::testing::Values(false, true),
                         [](const auto& place) { return place.param ? "InMemory" : "InAFile"; });

TEST_P(SqliteDatabaseTest, ReadsWhatWasWritten) {
  ASSERT_TRUE(run(loop_, insert(*database_, 1)));
  EXPECT_EQ(count(), 1);
  EXPECT_TRUE(run(loop_, database_->health()));
}

TEST_P(SqliteDatabaseTest, CommitsATransaction) {
  auto transaction = begin();
  ASSERT_TRUE(transaction);
  ASSERT_TRUE(run(loop_, insert(*transaction, 1)));
  ASSERT_TRUE(run(loop_, transaction->commit()));
  transaction.reset();
  EXPECT_EQ(count(), 1);
}

TEST_P(SqliteDatabaseTest, RunsTheLastStatementsWithTheCommit) {
  auto transaction = begin();
  ASSERT_TRUE(transaction);
  ASSERT_TRUE(run(loop_, insert(*transaction, 1)));
  ASSERT_TRUE(run(loop_, transaction->commit({insertOf(2), insertOf(3)})));
  EXPECT_EQ(count(), 3);
  transaction = begin();
  ASSERT_TRUE(run(loop_, insert(*transaction, 4)));
  const auto failed = run(loop_, transaction->commit({insertOf(5), insertOf(3), insertOf(6)}));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, Kind::UniqueViolation);
  EXPECT_EQ(count(), 3);
  EXPECT_TRUE(begin());  // the writer is free again
}

TEST_P(SqliteDatabaseTest, RollsBackADroppedTransaction) {
  auto transaction = begin();
  ASSERT_TRUE(transaction);
  ASSERT_TRUE(run(loop_, insert(*transaction, 1)));
  transaction.reset();
  EXPECT_EQ(count(), 0);
}

TEST_P(SqliteDatabaseTest, AnErrorInATransactionLeavesItUsable) {
  auto transaction = begin();
  ASSERT_TRUE(transaction);
  ASSERT_TRUE(run(loop_, insert(*transaction, 1)));
  const auto again = run(loop_, insert(*transaction, 1));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, Kind::UniqueViolation);
  EXPECT_TRUE(run(loop_, transaction->commit()));
  EXPECT_EQ(count(), 1);
}

TEST_P(SqliteDatabaseTest, ATransactionIsNotSeenBeforeItsCommit) {
  auto transaction = begin();
  ASSERT_TRUE(transaction);
  ASSERT_TRUE(run(loop_, insert(*transaction, 1)));
  const auto read = start(loop_, execute(kCount));
  if (inMemory()) {  // there, the read waits for it
    ASSERT_TRUE(run(loop_, insert(*transaction, 2)));
    EXPECT_FALSE(*read);
  } else {
    while (!*read) loop_.run_one();
    EXPECT_EQ((**read).value()->integer(0, 0), 0);
  }
  ASSERT_TRUE(run(loop_, transaction->commit()));
  while (!*read) loop_.run_one();
  EXPECT_EQ(count(), inMemory() ? 2 : 1);
}

TEST_P(SqliteDatabaseTest, OthersWaitForATransactionInTheirOrder) {
  auto transaction = begin();
  ASSERT_TRUE(transaction);
  std::vector<int> order;
  auto work = [&](int number) -> Task<int> {
    auto next = co_await database_->begin();
    EXPECT_TRUE(next);
    order.push_back(number);
    co_return number;
  };
  const auto first = start(loop_, work(1));
  const auto second = start(loop_, work(2));
  ASSERT_TRUE(run(loop_, insert(*transaction, 1)));
  EXPECT_TRUE(order.empty());
  ASSERT_TRUE(run(loop_, transaction->commit()));
  while (!*first || !*second) loop_.run_one();
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST_P(SqliteDatabaseTest, GivesUpWaitingForItsTurn) {
  open({.waitTimeout = milliseconds(300)});
  auto transaction = begin();
  ASSERT_TRUE(transaction);
  const auto second = run(loop_, database_->begin());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, Kind::Timeout);
  EXPECT_TRUE(run(loop_, transaction->commit()));  // the holder is not harmed
}

TEST_P(SqliteDatabaseTest, RollsBackATransactionThatTakesTooLong) {
  open({.transactionTimeout = milliseconds(10)});
  auto slow = begin();
  ASSERT_TRUE(slow);
  ASSERT_TRUE(begin());  // gets its turn all the same
  const auto late = run(loop_, insert(*slow, 1));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, Kind::Timeout);
  const auto committed = run(loop_, slow->commit());
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().kind, Kind::Timeout);
  EXPECT_EQ(count(), 0);
}

TEST_P(SqliteDatabaseTest, StopsAStatementThatTakesTooLong) {
  open({.statementTimeout = milliseconds(10)});
  const auto result = run(loop_, execute(kForever));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Kind::Timeout);
}

TEST_P(SqliteDatabaseTest, NothingRunsInATransactionThatTheEngineEnded) {
  constexpr Statement kEnd{"end", "ROLLBACK"};
  auto transaction = begin();
  ASSERT_TRUE(transaction);
  ASSERT_TRUE(run(loop_, transaction->execute(kEnd, {})));
  const auto after = run(loop_, insert(*transaction, 1));
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().kind, Kind::Unavailable);
  EXPECT_FALSE(run(loop_, transaction->commit()));
  transaction.reset();
  EXPECT_EQ(count(), 0);
}

TEST_P(SqliteDatabaseTest, RefusesMoreThanTheQueueHolds) {
  open({.queueLimit = 2});
  auto transaction = begin();
  ASSERT_TRUE(transaction);
  const auto first = start(loop_, insert(*database_, 1));
  const auto second = start(loop_, insert(*database_, 2));
  const auto third = run(loop_, insert(*database_, 3));
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().kind, Kind::Overloaded);
  EXPECT_EQ(engine_->figures().waiting, 2U);
  EXPECT_EQ(engine_->figures().busy, 1U);
  const auto refused = run(loop_, database_->begin());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Kind::Overloaded);
  transaction.reset();
  while (!*first || !*second) loop_.run_one();
  EXPECT_EQ(count(), 2);
}

TEST_P(SqliteDatabaseTest, ANamedLockIsRefusedWhileHeldAndFreeAfterwards) {
  auto first = run(loop_, database_->beginExclusive("a"));
  ASSERT_TRUE(first);
  const auto second = run(loop_, database_->beginExclusive("a"));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, Kind::Busy);
  ASSERT_TRUE(run(loop_, (*first)->commit()));
  auto third = run(loop_, database_->beginExclusive("a"));  // committed, though not destroyed
  ASSERT_TRUE(third);
  third->reset();  // rolled back
  EXPECT_TRUE(run(loop_, database_->beginExclusive("a")));
}

TEST_P(SqliteDatabaseTest, ANamedLockIsFreeAgainWhenItsTransactionNeverBegan) {
  open({.waitTimeout = milliseconds(300)});
  auto holder = begin();
  const auto failed = run(loop_, database_->beginExclusive("a"));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, Kind::Timeout);
  holder.reset();
  EXPECT_TRUE(run(loop_, database_->beginExclusive("a")));
}

TEST_P(SqliteDatabaseTest, LoopsShareTheEngine) {
  constexpr int kLoops = 2;
  constexpr int kWrites = 40;
  std::latch started(kLoops);
  std::vector<std::thread> threads;
  threads.reserve(kLoops);
  for (int i = 0; i < kLoops; ++i) {
    threads.emplace_back([this, i, &started] {
      asio::io_context loop;
      SqliteDatabase database(*engine_, loop);
      started.arrive_and_wait();
      auto work = [&]() -> Task<> {
        for (int n = 0; n < kWrites; ++n) {
          auto transaction = co_await database.begin();
          EXPECT_TRUE(transaction);
          const auto before = co_await (*transaction)->execute(kCount, {});
          EXPECT_TRUE(co_await insert(**transaction, i * kWrites + n));
          const auto after = co_await (*transaction)->execute(kCount, {});
          EXPECT_EQ((*before)->integer(0, 0) + 1, (*after)->integer(0, 0));
          if (n % 2 == 0) {
            EXPECT_TRUE(co_await (*transaction)->commit());
          }
          transaction->reset();
          EXPECT_TRUE(co_await database.execute(kCount, {}));
        }
      };
      run(loop, work());
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(count(), kLoops * kWrites / 2);
}

TEST_P(SqliteDatabaseTest, AnEngineThatHangsCostsATimeOutOnly) {
  Gate gate;
  const auto observer = gate.stopAt("count");
  open({.statementTimeout = milliseconds(1),
        .waitTimeout = milliseconds(300),
        .healthTimeout = milliseconds(1),
        .observer = observer});
  const auto hanging = start(loop_, execute(kCount));
  loop_.poll();
  gate.awaitReached();
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(run(loop_, database_->health()));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
  while (!*hanging) loop_.run_one();
  ASSERT_FALSE(**hanging);
  EXPECT_EQ((**hanging).error().kind, Kind::Timeout);
  gate.open();
}

TEST_P(SqliteDatabaseTest, MayBeClosedWhileCallsWait) {
  auto transaction = begin();
  ASSERT_TRUE(transaction);
  bool resumed = false;
  auto work = [&]() -> Task<int> {
    auto never = co_await database_->begin();
    resumed = true;
    co_return 0;
  };
  const auto waiting = start(loop_, work());
  loop_.poll();
  database_.reset();
  transaction.reset();
  loop_.restart();
  loop_.run();  // nothing keeps it
  EXPECT_FALSE(resumed);
}

TEST_P(SqliteDatabaseTest, AnUnwantedTransactionIsRolledBack) {
  Gate gate;
  open({.statementTimeout = milliseconds(200), .observer = gate.stopAt("begin")});
  const auto other = std::make_unique<asio::io_context>();
  auto leaving = std::make_unique<SqliteDatabase>(*engine_, *other);
  const auto begun = start(*other, leaving->begin());
  other->poll();
  gate.awaitReached();  // it has begun, but nobody was told
  leaving.reset();
  other->restart();
  other->poll();  // the coroutine's frame goes, and with it the place in the queue
  gate.open();
  EXPECT_TRUE(begin());
}

TEST(SqliteEngine, FailsTheWaitingWhenItCloses) {
  asio::io_context loop;
  auto engine = std::make_unique<SqliteEngine>(SqliteOptions{});
  SqliteWorker& worker = engine->writer();
  const auto holder = worker.newTransaction();
  ASSERT_TRUE(worker.submit({.kind = SqliteJob::Kind::Begin, .transaction = holder}));
  SqliteDatabase database(*engine, loop);
  const auto waiting = start(loop, database.execute(kCount, {}));
  loop.poll();
  engine.reset();
  while (!*waiting) loop.run_one();
  ASSERT_FALSE(**waiting);
  EXPECT_EQ((**waiting).error().kind, Kind::Unavailable);
}

TEST(SqliteEngine, IsUnhealthyWhenItsFileIsGone) {
  const slipway::testing::TemporaryFolder folder;
  asio::io_context loop;
  SqliteEngine engine({.path = folder.file("a.db")});
  SqliteDatabase database(engine, loop);
  EXPECT_TRUE(run(loop, database.health()));
  std::filesystem::remove(folder.file("a.db"));
  EXPECT_FALSE(run(loop, database.health()));
}

}  // namespace
}  // namespace slipway::platform
