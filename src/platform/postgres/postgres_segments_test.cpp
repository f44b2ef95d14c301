// Reads by key share segments of the pipeline: what is sent together, and what an error costs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "platform/postgres/postgres_database_test_support.hpp"

namespace slipway::platform {
namespace {

using slipway::testing::start;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using Kind = SqlError::Kind;

// now() is when the transaction began: the same for all of a segment.
constexpr Statement kByKey{.name = "by_key", .sql = "SELECT $1::bigint, now()", .byKey = true};
constexpr Statement kOther{.name = "other", .sql = "SELECT $1::bigint, now()"};
constexpr Statement kDivide{.name = "divide", .sql = "SELECT 1 / $1::bigint", .byKey = true};
constexpr Statement kSleep{
    .name = "sleep", .sql = "SELECT pg_sleep($1::bigint)::text", .byKey = true};
constexpr Statement kLate{.name = "late", .sql = "SELECT count(*) FROM late", .byKey = true};
constexpr Statement kBackend{.name = "backend", .sql = "SELECT pg_backend_pid()"};

class PostgresSegmentsTest : public slipway::testing::PostgresTest {
 protected:
  using Answer = std::shared_ptr<std::optional<SqlResult>>;

  /// Asked in one turn of the loop.
  Answer ask(const Statement& statement, std::int64_t value) {
    auto work = database().execute(statement, SqlParameters(1, value));
    return start(loop_, std::move(work));
  }
  std::vector<Answer> askMany(const Statement& statement, std::int64_t count) {
    std::vector<Answer> answers;
    for (std::int64_t i = 0; i < count; ++i) answers.push_back(ask(statement, i));
    return answers;
  }
  void waitFor(const std::vector<Answer>& answers) {
    runUntil([&] {
      return std::ranges::all_of(answers, [](const Answer& answer) { return answer->has_value(); });
    });
  }
  /// In how many transactions they were answered, each with its own value.
  std::size_t transactionsOf(const std::vector<Answer>& answers) {
    waitFor(answers);
    std::set<base::Timestamp> begun;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const SqlResult& answer = **answers[i];
      EXPECT_TRUE(answer) << answer.error().message;
      if (!answer) continue;
      EXPECT_EQ((*answer)->integer(0, 0), static_cast<std::int64_t>(i));
      begun.insert((*answer)->timestamp(0, 1));
    }
    return begun.size();
  }
};

TEST_F(PostgresSegmentsTest, ReadsByKeyGoEightTogether) {
  ASSERT_TRUE(execute(kByKey, SqlParameters(1, 0)));
  EXPECT_EQ(transactionsOf(askMany(kByKey, 20)), 3U);
  EXPECT_EQ(transactionsOf(askMany(kByKey, 1)), 1U);
}

TEST_F(PostgresSegmentsTest, OthersHaveTheirOwn) {
  ASSERT_TRUE(execute(kOther, SqlParameters(1, 0)));
  EXPECT_EQ(transactionsOf(askMany(kOther, 20)), 20U);
  EXPECT_EQ(transactionsOf({ask(kByKey, 0), ask(kOther, 1), ask(kByKey, 2)}), 3U);
}

TEST_F(PostgresSegmentsTest, AnErrorFailsNoneOfItsSegment) {
  std::vector<Answer> answers;
  for (std::int64_t i = 0; i < 40; ++i) {
    answers.push_back(i % 5 == 2 ? ask(kDivide, 0) : ask(kByKey, i));
  }
  waitFor(answers);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const SqlResult& answer = **answers[i];
    if (i % 5 == 2) {
      ASSERT_FALSE(answer);
      EXPECT_THAT(answer.error().message, HasSubstr("22012"));
    } else {
      ASSERT_TRUE(answer) << answer.error().message;
      EXPECT_EQ((*answer)->integer(0, 0), static_cast<std::int64_t>(i));
    }
  }
  EXPECT_EQ(transactionsOf(askMany(kByKey, 8)), 1U);
}

TEST_F(PostgresSegmentsTest, AFailedPreparationFailsItselfAlone) {
  const auto late = start(loop_, database().execute(kLate, {}));
  const auto behind = ask(kByKey, 7);
  waitFor({late, behind});
  EXPECT_EQ(kindOf(**late), Kind::Internal);
  ASSERT_TRUE(**behind) << (**behind).error().message;
  EXPECT_EQ((***behind)->integer(0, 0), 7);
  server().run("CREATE TABLE late ()", name_);
  EXPECT_TRUE(execute(kLate));
}

TEST_F(PostgresSegmentsTest, WhoWasSkippedKeepsItsDeadline) {
  options_.statementTimeout = milliseconds(300);
  options_.answerGrace = milliseconds(400);
  ASSERT_TRUE(execute(kByKey, SqlParameters(1, 0)));
  const auto slow = ask(kSleep, 5);
  const auto behind = ask(kByKey, 1);   // has 400 ms left when the server has given up the first
  const auto slowToo = ask(kSleep, 5);  // and this one 100 ms after it
  waitFor({slow, behind, slowToo});
  EXPECT_EQ(kindOf(**slow), Kind::Timeout);
  EXPECT_TRUE(**behind) << (**behind).error().message;
  EXPECT_EQ(kindOf(**slowToo), Kind::Timeout);
  EXPECT_TRUE(execute(kByKey, SqlParameters(1, 0)));
}

TEST_F(PostgresSegmentsTest, ALostConnectionCostsNoRead) {
  const auto backend = (*execute(kBackend))->integer(0, 0);
  auto answers = askMany(kByKey, 1);
  answers.push_back(ask(kSleep, 1));
  answers.push_back(ask(kByKey, 2));
  runFor(milliseconds(100));
  server().run("SELECT pg_terminate_backend(" + std::to_string(backend) + ")");
  waitFor(answers);
  for (const auto& answer : answers) EXPECT_TRUE(**answer) << (**answer).error().message;
}

}  // namespace
}  // namespace slipway::platform
