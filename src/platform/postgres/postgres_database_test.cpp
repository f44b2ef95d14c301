#include "platform/postgres/postgres_database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <limits>

#include "platform/postgres/postgres_database_test_support.hpp"

namespace slipway::platform {
namespace {

using slipway::testing::run;
using slipway::testing::start;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using Kind = SqlError::Kind;

constexpr Statement kOne{"one", "SELECT $1::bigint + 1"};
constexpr Statement kDivide{"divide", "SELECT 1 / $1::bigint"};
constexpr Statement kSleep{"sleep", "SELECT pg_sleep($1::bigint)"};
constexpr Statement kBackend{"backend", "SELECT pg_backend_pid()"};

class PostgresDatabaseTest : public slipway::testing::PostgresTest {};

SqlParameters number(std::int64_t value) { return SqlParameters(1, value); }

TEST_F(PostgresDatabaseTest, RoundTripsEveryTypeAndNull) {
  constexpr Statement kAll{"all",
                           "SELECT $1::bigint, $2::boolean, $3::text, $4::timestamptz, $5::bigint, "
                           "$1::int, 7::smallint, '{\"a\": 1}'::jsonb"};
  const auto time = base::Timestamp(std::chrono::microseconds(1'763'848'204'467'741));
  SqlParameters parameters;
  parameters.emplace_back(std::int64_t{-12345});
  parameters.emplace_back(true);
  parameters.emplace_back(std::string("h\xc3\xa9llo"));
  parameters.emplace_back(time);
  parameters.emplace_back(std::monostate());
  const auto rows = execute(kAll, parameters);
  ASSERT_TRUE(rows) << rows.error().message;
  ASSERT_EQ((*rows)->size(), 1U);
  EXPECT_EQ((*rows)->integer(0, 0), -12345);
  EXPECT_TRUE((*rows)->boolean(0, 1));
  EXPECT_EQ((*rows)->text(0, 2), "h\xc3\xa9llo");
  EXPECT_EQ((*rows)->timestamp(0, 3), time);
  EXPECT_TRUE((*rows)->isNull(0, 4));
  EXPECT_FALSE((*rows)->isNull(0, 0));
  EXPECT_EQ((*rows)->integer(0, 5), -12345);
  EXPECT_EQ((*rows)->integer(0, 6), 7);
  EXPECT_EQ((*rows)->text(0, 7), "{\"a\": 1}");
}

TEST_F(PostgresDatabaseTest, TakesExtremesAndNullInTheSamePlaceholder) {
  constexpr Statement kEcho{"echo", "SELECT $1::bigint"};
  for (const auto value : {std::numeric_limits<std::int64_t>::min(),
                           std::numeric_limits<std::int64_t>::max(), std::int64_t{0}}) {
    EXPECT_EQ((*execute(kEcho, number(value)))->integer(0, 0), value);
  }
  EXPECT_TRUE((*execute(kEcho, SqlParameters(1)))->isNull(0, 0));
  EXPECT_EQ((*execute(kEcho, number(5)))->integer(0, 0), 5);
}

TEST_F(PostgresDatabaseTest, AnErrorFailsNoNeighbourInThePipeline) {
  std::vector<std::shared_ptr<std::optional<SqlResult>>> results;
  for (int i = 0; i < 100; ++i) {
    const bool fails = i % 3 == 1;
    auto work = database().execute(fails ? kDivide : kOne, number(fails ? 0 : i));
    results.push_back(start(loop_, std::move(work)));
  }
  runUntil([&] { return results.back()->has_value(); });
  for (int i = 0; i < 100; ++i) {
    const SqlResult& result = **results[static_cast<std::size_t>(i)];
    if (i % 3 == 1) {
      ASSERT_FALSE(result);
      EXPECT_THAT(result.error().message, HasSubstr("22012"));
    } else {
      ASSERT_TRUE(result) << result.error().message;
      EXPECT_EQ((*result)->integer(0, 0), i + 1);
    }
  }
}

TEST_F(PostgresDatabaseTest, AFailedPreparationIsTriedAgain) {
  constexpr Statement kLate{"late", "SELECT count(*) FROM late"};
  const auto first = start(loop_, database().execute(kLate, {}));
  const auto second = execute(kLate);
  EXPECT_EQ(kindOf(second), Kind::Internal);
  ASSERT_TRUE(first->has_value());
  server().run("CREATE TABLE late ()", name_);
  EXPECT_TRUE(execute(kLate));
  EXPECT_TRUE(execute(kLate));
}

TEST_F(PostgresDatabaseTest, PreparesAStatementOnce) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(execute(kOne, number(i)));
  constexpr Statement kPrepared{"prepared",
                                "SELECT count(*) FROM pg_prepared_statements WHERE statement = $1"};
  const auto rows = execute(kPrepared, SqlParameters(1, std::string(kOne.sql)));
  EXPECT_EQ((*rows)->integer(0, 0), 1);
}

TEST_F(PostgresDatabaseTest, ADroppedPreparedStatementIsPreparedAgain) {
  ASSERT_TRUE(execute(kOne, number(1)));
  ASSERT_TRUE(execute({"deallocate", "DEALLOCATE ALL", true}));
  EXPECT_EQ(kindOf(execute(kOne, number(1))), Kind::Unavailable);
  EXPECT_TRUE(execute(kOne, number(1)));
}

TEST_F(PostgresDatabaseTest, TellsTextThatItCanNotHold) {
  constexpr Statement kEcho{"echo_text", "SELECT $1::text"};
  const auto echo = [&](std::string text) {
    return kindOf(execute(kEcho, SqlParameters(1, std::move(text))));
  };
  EXPECT_EQ(echo(std::string("a\0b", 3)), Kind::InvalidText);
  EXPECT_EQ(echo("\xff"), Kind::InvalidText);
  EXPECT_EQ(echo(std::string(2'000'000, 'x')), std::nullopt);
}

TEST_F(PostgresDatabaseTest, NamesTheIndexOfAUniqueViolation) {
  server().run("CREATE TABLE t (a bigint, CONSTRAINT only_one UNIQUE (a))", name_);
  constexpr Statement kInsert{"insert", "INSERT INTO t VALUES ($1)", true};
  const auto inserted = execute(kInsert, number(1));
  EXPECT_EQ((*inserted)->affected(), 1);
  const auto again = execute(kInsert, number(1));
  EXPECT_EQ(kindOf(again), Kind::UniqueViolation);
  EXPECT_EQ(again.error().constraint, "only_one");
}

TEST_F(PostgresDatabaseTest, TheServerEndsALongStatement) {
  options_.statementTimeout = milliseconds(200);
  EXPECT_EQ(kindOf(execute(kSleep, number(5))), Kind::Timeout);
  EXPECT_TRUE(execute(kOne, number(1)));
}

TEST_F(PostgresDatabaseTest, ASilentServerCostsTheLimitAndThenNothing) {
  options_.statementTimeout = milliseconds(1000);
  options_.answerGrace = milliseconds(500);
  ASSERT_TRUE(execute(kOne, number(1)));
  server().signalAll(SIGSTOP);
  const auto frozen = std::chrono::steady_clock::now();
  EXPECT_EQ(kindOf(execute(kOne, number(1))), Kind::Timeout);
  EXPECT_LT(std::chrono::steady_clock::now() - frozen, milliseconds(2500));
  const auto later = std::chrono::steady_clock::now();
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(kindOf(execute(kOne, number(1))), Kind::Unavailable);
    EXPECT_FALSE(run(loop_, database().begin()));
    EXPECT_FALSE(run(loop_, database().health()));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - later, milliseconds(1000));
  server().signalAll(SIGCONT);
  EXPECT_TRUE(succeedsWithin(milliseconds(5000), kOne, number(1)));
}

TEST_F(PostgresDatabaseTest, TransactionsLearnOfASilentServerToo) {
  options_.statementTimeout = milliseconds(1000);
  options_.answerGrace = milliseconds(500);
  auto transaction = run(loop_, database().begin());
  ASSERT_TRUE(transaction && run(loop_, (*transaction)->execute(kOne, number(1))));
  server().signalAll(SIGSTOP);
  EXPECT_EQ(kindOf(run(loop_, (*transaction)->execute(kOne, number(1)))), Kind::Timeout);
  runFor(milliseconds(1500));  // the shared connection is asked meanwhile
  const auto later = std::chrono::steady_clock::now();
  EXPECT_FALSE(run(loop_, database().begin()));
  EXPECT_EQ(kindOf(execute(kOne, number(1))), Kind::Unavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - later, milliseconds(500));
  server().signalAll(SIGCONT);
  EXPECT_TRUE(succeedsWithin(milliseconds(5000), kOne, number(1)));
}

TEST_F(PostgresDatabaseTest, ReadsSurviveATerminatedConnection) {
  const auto backend = (*execute(kBackend))->integer(0, 0);
  const auto slow = start(loop_, database().execute(kSleep, number(1)));
  const auto behind = start(loop_, database().execute(kOne, number(1)));
  runFor(milliseconds(100));
  server().run("SELECT pg_terminate_backend(" + std::to_string(backend) + ")");
  runUntil([&] { return slow->has_value() && behind->has_value(); });
  EXPECT_TRUE(**slow) << (**slow).error().message;
  EXPECT_TRUE(**behind) << (**behind).error().message;
  EXPECT_NE((*execute(kBackend))->integer(0, 0), backend);
}

TEST_F(PostgresDatabaseTest, AWriteIsNeverRepeated) {
  server().run("CREATE TABLE t (a bigint)", name_);
  constexpr Statement kSlowInsert{"insert", "INSERT INTO t SELECT 1 FROM pg_sleep(1)", true};
  const auto backend = (*execute(kBackend))->integer(0, 0);
  const auto write = start(loop_, database().execute(kSlowInsert, {}));
  runFor(milliseconds(100));
  server().run("SELECT pg_terminate_backend(" + std::to_string(backend) + ")");
  runUntil([&] { return write->has_value(); });
  EXPECT_EQ(kindOf(**write), Kind::Unavailable);
  EXPECT_TRUE(execute(kOne, number(1)));
  EXPECT_EQ(server().run("SELECT count(*) FROM t", name_), "0");
}

TEST_F(PostgresDatabaseTest, ComesBackAfterARestart) {
  ASSERT_TRUE(execute(kOne, number(1)));
  server().stop();
  EXPECT_EQ(kindOf(execute(kOne, number(1))), Kind::Unavailable);
  EXPECT_FALSE(run(loop_, database().health()));
  server().start();
  EXPECT_TRUE(succeedsWithin(milliseconds(5000), kOne, number(1)));
  EXPECT_TRUE(run(loop_, database().health()));
  EXPECT_TRUE(run(loop_, database().begin()));
}

TEST_F(PostgresDatabaseTest, AWrongPasswordIsUnavailableAndSaysWhy) {
  options_.url = base::Secret(
      "postgresql://postgres:wrong@127.0.0.1:" + std::to_string(server().port()) + "/postgres");
  const auto result = execute(kOne, number(1));
  EXPECT_EQ(kindOf(result), Kind::Unavailable);
  EXPECT_THAT(result.error().message, HasSubstr("password authentication failed"));
  EXPECT_EQ(result.error().message.find("wrong"), std::string::npos);
}

TEST_F(PostgresDatabaseTest, WorksOverAUnixSocketAndByName) {
  options_.url = base::Secret(server().socketUrl());
  EXPECT_TRUE(execute(kOne, number(1)));
  reopen();
  auto url = server().url();
  url.replace(url.find("127.0.0.1"), 9, "localhost");
  options_.url = base::Secret(url);
  EXPECT_TRUE(execute(kOne, number(1)));
}

TEST_F(PostgresDatabaseTest, TriesTheHostsInOrder) {
  auto url = server().url();
  url.insert(url.find("127.0.0.1"), "127.0.0.1:1,");
  options_.url = base::Secret(url + "?target_session_attrs=read-write");
  EXPECT_TRUE(execute(kOne, number(1)));
}

TEST_F(PostgresDatabaseTest, HealthDoesNotWaitForSlowStatements) {
  ASSERT_TRUE(execute(kOne, number(1)));
  const auto slow = start(loop_, database().execute(kSleep, number(2)));
  runFor(milliseconds(200));
  const auto asked = std::chrono::steady_clock::now();
  EXPECT_TRUE(run(loop_, database().health()));
  EXPECT_LT(std::chrono::steady_clock::now() - asked, milliseconds(1000));
  EXPECT_FALSE(slow->has_value());
}

TEST_F(PostgresDatabaseTest, HealthIsThatOfAllLoops) {
  options_.loops = 2;
  options_.statementTimeout = milliseconds(300);
  options_.answerGrace = milliseconds(200);
  net::asio::io_context otherLoop{1};
  const auto other = engine().open(otherLoop);
  ASSERT_TRUE(run(loop_, database().health()));
  ASSERT_TRUE(run(otherLoop, other->health()));
  server().signalAll(SIGSTOP);
  // The first may be given up alone, without its connection.
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(run(otherLoop, other->execute(kOne, number(1))));
  const Health health = run(loop_, database().health());  // this loop has noticed nothing yet
  ASSERT_FALSE(health);
  EXPECT_THAT(health.error(), HasSubstr("an event loop can't reach it: no answer for"));
  server().signalAll(SIGCONT);
  const auto end = std::chrono::steady_clock::now() + milliseconds(20000);
  const auto areWell = [&] {
    return run(otherLoop, other->health()) && run(loop_, database().health());
  };
  bool well = areWell();
  while (!well && std::chrono::steady_clock::now() < end) {
    for (auto* const loop : {&loop_, &otherLoop}) {
      loop->restart();
      loop->run_for(milliseconds(20));
    }
    well = areWell();
  }
  EXPECT_TRUE(well);
}

TEST_F(PostgresDatabaseTest, ALateStatementDoesNotCostTheConnection) {
  options_.statementTimeout = milliseconds(600);
  options_.answerGrace = milliseconds(100);
  const auto backend = (*execute(kBackend))->integer(0, 0);
  const auto first = start(loop_, database().execute(kSleep, number(3)));
  const auto second = start(loop_, database().execute(kSleep, number(3)));
  const auto third = start(loop_, database().execute(kOne, number(3)));
  runUntil([&] { return third->has_value(); });
  EXPECT_EQ(kindOf(**first), Kind::Timeout);
  EXPECT_EQ(kindOf(**second), Kind::Timeout);
  EXPECT_EQ(kindOf(**third), Kind::Timeout);  // it waited for the two
  runFor(milliseconds(800));
  EXPECT_EQ((*execute(kBackend))->integer(0, 0), backend);
}

TEST_F(PostgresDatabaseTest, TellsTheObserverAndCountsConnections) {
  std::vector<std::string> seen;
  options_.observer = [&](std::string_view query, std::chrono::nanoseconds took) {
    seen.emplace_back(query);
    EXPECT_GE(took.count(), 0);
  };
  ASSERT_TRUE(execute(kOne, number(1)));
  EXPECT_THAT(seen, ::testing::ElementsAre("one"));
  const auto transaction = run(loop_, database().begin());
  ASSERT_TRUE(transaction);
  EXPECT_EQ(engine().figures().busy, 1U);
  EXPECT_EQ(engine().figures().idle, 1U);
}

TEST_F(PostgresDatabaseTest, CloseLetsGoOfWhatWaits) {
  const auto slow = start(loop_, database().execute(kSleep, number(5)));
  runFor(milliseconds(100));
  reopen();
  EXPECT_TRUE(execute(kOne, number(1)));
  EXPECT_FALSE(slow->has_value());
}

}  // namespace
}  // namespace slipway::platform
