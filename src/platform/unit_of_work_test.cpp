#include "platform/unit_of_work.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <stdexcept>

#include "platform/sqlite/sqlite_database.hpp"
#include "platform/sqlite/sqlite_engine.hpp"
#include "platform/test_support.hpp"

namespace slipway::platform {
namespace {

namespace asio = net::asio;
using net::Request;
using net::Response;
using net::Task;
using slipway::testing::run;
using slipway::testing::start;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Statement kCreate{"create", "CREATE TABLE t (a INTEGER PRIMARY KEY)", true};
constexpr Statement kInsert{"insert", "INSERT INTO t VALUES ($1)", true};
constexpr Statement kCount{"count", "SELECT count(*) FROM t"};

using Change = std::function<Task<Response>(UnitOfWork&)>;

class RunWriteTest : public ::testing::Test {
 protected:
  slipway::testing::TemporaryFolder folder_;
  slipway::testing::FakeClock clock_;
  asio::io_context loop_;
  SqliteEngine engine_{{.path = folder_.file("test.db")}};
  SqliteDatabase database_{engine_, loop_};
  int changes_ = 0;
  std::vector<CommitOutcome> followed_;

  void SetUp() override {
    engine_.migrate(sqliteMigrations(), "0.1.0", clock_.now());
    ASSERT_TRUE(run(loop_, database_.execute(kCreate, {})));
  }

  /// Inserts a row and answers with `status`.
  Change answering(unsigned status) {
    return [this, status](UnitOfWork& unit) { return change(unit, status); };
  }
  Task<Response> change(UnitOfWork& unit, unsigned status) {
    ++changes_;
    SqlParameters parameters(1, std::int64_t{changes_});
    const auto inserted = co_await unit.execute(kInsert, std::move(parameters));
    EXPECT_TRUE(inserted);
    unit.afterCommit([this](CommitOutcome outcome) { return follow(outcome); });
    Response response(status);
    response.body = "{\"n\":" + std::to_string(changes_) + "}";
    response.addHeader("Location", "/things/1");
    response.addHeader("ETag", "\"1\"");
    response.addHeader("X-Other", "not kept");
    co_return response;
  }
  Task<> follow(CommitOutcome outcome) {
    followed_.push_back(outcome);
    co_return;
  }

  struct Sent {
    std::string key;
    std::string body = "{}";
    std::string_view target = "/things";
    std::string_view subject = {};
    std::string_view method = "POST";
  };
  Task<Response> send(Sent sent, Change work) {
    Request request;
    request.methodName = sent.method;
    request.target = sent.target;
    request.body = sent.body;
    if (!sent.key.empty()) request.headers.push_back({"idempotency-key", sent.key});
    Call call{.request = request, .pathValues = {}, .requestId = {}, .subject = sent.subject};
    auto response = co_await runWrite(call, database_, clock_, std::move(work));
    co_return response;
  }
  std::int64_t rows() {
    const auto found = run(loop_, database_.execute(kCount, {}));
    return found ? (*found)->integer(0, 0) : -1;
  }
};

TEST_F(RunWriteTest, CommitsAndThenFollows) {
  const auto response = run(loop_, send({}, answering(200)));
  EXPECT_EQ(response.status, 200U);
  EXPECT_FALSE(response.hasHeader("Idempotency-Replayed"));
  EXPECT_EQ(rows(), 1);
  EXPECT_THAT(followed_, ElementsAre(CommitOutcome::Committed));
}

TEST_F(RunWriteTest, RollsBackWhatWasRefused) {
  EXPECT_EQ(run(loop_, send({}, answering(400))).status, 400U);
  EXPECT_EQ(rows(), 0);
  EXPECT_TRUE(followed_.empty());
}

TEST_F(RunWriteTest, RollsBackWhenTheChangeThrows) {
  const Change throwing = [this](UnitOfWork& unit) -> Task<Response> {
    auto done = co_await change(unit, 200);
    throw std::runtime_error("bug");
    co_return done;
  };
  EXPECT_THROW(run(loop_, send({}, throwing)), std::runtime_error);
  EXPECT_THROW(run(loop_, send({.key = "k"}, throwing)), std::runtime_error);
  EXPECT_EQ(rows(), 0);
  EXPECT_EQ(run(loop_, send({.key = "k"}, answering(200))).status, 200U);  // nothing was kept
}

TEST_F(RunWriteTest, GivesTheKeptAnswerToARepeat) {
  const auto first = run(loop_, send({.key = "k"}, answering(200)));
  const auto again = run(loop_, send({.key = "k"}, answering(200)));
  EXPECT_EQ(changes_, 1);
  EXPECT_EQ(rows(), 1);
  EXPECT_FALSE(first.hasHeader("Idempotency-Replayed"));
  EXPECT_EQ(again.status, 200U);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.contentType, "application/json");
  EXPECT_EQ(again.headerLines(),
            "Location: /things/1\r\nETag: \"1\"\r\nIdempotency-Replayed: true\r\n");
  EXPECT_EQ(followed_.size(), 1U);
}

TEST_F(RunWriteTest, KeepsARefusalWithoutItsEffects) {
  EXPECT_EQ(run(loop_, send({.key = "k"}, answering(404))).status, 404U);
  EXPECT_EQ(rows(), 0);
  const auto again = run(loop_, send({.key = "k"}, answering(200)));
  EXPECT_EQ(again.status, 404U);
  EXPECT_EQ(changes_, 1);
  EXPECT_TRUE(followed_.empty());
}

TEST_F(RunWriteTest, DoesNotKeepAFailure) {
  EXPECT_EQ(run(loop_, send({.key = "k"}, answering(503))).status, 503U);
  EXPECT_EQ(rows(), 0);
  EXPECT_EQ(run(loop_, send({.key = "k"}, answering(200))).status, 200U);
  EXPECT_EQ(changes_, 2);
}

TEST_F(RunWriteTest, KeepsAnAnswerWithoutBody) {
  const Change empty = [](UnitOfWork&) -> Task<Response> {
    Response response(204);
    response.contentType = {};
    co_return response;
  };
  run(loop_, send({.key = "k", .method = "DELETE"}, empty));
  const auto again = run(loop_, send({.key = "k", .method = "DELETE"}, empty));
  EXPECT_EQ(again.status, 204U);
  EXPECT_TRUE(again.contentType.empty());
  EXPECT_EQ(again.headerLines(), "Idempotency-Replayed: true\r\n");
}

TEST_F(RunWriteTest, KeepsAnotherContentType) {
  const Change text = [](UnitOfWork&) -> Task<Response> {
    Response response;
    response.contentType = "text/plain";
    response.staticBody = "hello";
    co_return response;
  };
  run(loop_, send({.key = "k"}, text));
  const auto again = run(loop_, send({.key = "k"}, text));
  EXPECT_EQ(again.body, "hello");
  EXPECT_TRUE(again.contentType.empty());
  EXPECT_THAT(again.headerLines(), HasSubstr("Content-Type: text/plain\r\n"));
}

TEST_F(RunWriteTest, RefusesTheKeyOfAnotherRequest) {
  ASSERT_EQ(run(loop_, send({.key = "k"}, answering(200))).status, 200U);
  for (const Sent& other : {Sent{.key = "k", .body = "{ }"}, Sent{.key = "k", .target = "/others"},
                            Sent{.key = "k", .method = "PUT"}}) {
    const auto response = run(loop_, send(other, answering(200)));
    EXPECT_EQ(response.status, 422U);
    EXPECT_THAT(response.body, HasSubstr("{\"detail\":\""));
  }
  EXPECT_EQ(changes_, 1);
}

TEST_F(RunWriteTest, KeysOfDifferentSubjectsAreDifferent) {
  run(loop_, send({.key = "k", .subject = "ada"}, answering(200)));
  const auto other = run(loop_, send({.key = "k", .subject = "bob"}, answering(200)));
  EXPECT_FALSE(other.hasHeader("Idempotency-Replayed"));
  EXPECT_EQ(changes_, 2);
}

TEST_F(RunWriteTest, ARepeatWhileTheFirstRunsIsAConflict) {
  std::shared_ptr<std::optional<Response>> second;
  const Change slow = [&](UnitOfWork& unit) -> Task<Response> {
    second = start(loop_, send({.key = "k"}, answering(200)));
    auto response = co_await change(unit, 200);
    co_return response;
  };
  const auto first = run(loop_, send({.key = "k"}, slow));
  EXPECT_EQ(first.status, 200U);
  while (!*second) loop_.run_one();
  EXPECT_EQ((*second)->status, 409U);
  EXPECT_EQ(changes_, 1);
}

TEST_F(RunWriteTest, AKeyIsForgottenAfterADay) {
  run(loop_, send({.key = "k"}, answering(200)));
  clock_.advance(std::chrono::hours(24) - std::chrono::microseconds(1));
  EXPECT_TRUE(run(loop_, send({.key = "k"}, answering(200))).hasHeader("Idempotency-Replayed"));
  clock_.advance(std::chrono::microseconds(1));
  EXPECT_FALSE(run(loop_, send({.key = "k"}, answering(200))).hasHeader("Idempotency-Replayed"));
  EXPECT_TRUE(run(loop_, send({.key = "k"}, answering(200))).hasHeader("Idempotency-Replayed"));
  EXPECT_EQ(changes_, 2);
}

TEST_F(RunWriteTest, ExpiresOldKeysInBatches) {
  for (int i = 0; i < 5; ++i) run(loop_, send({.key = "k" + std::to_string(i)}, answering(200)));
  clock_.advance(std::chrono::hours(24));
  run(loop_, send({.key = "fresh"}, answering(200)));
  EXPECT_EQ(run(loop_, expireIdempotencyKeys(database_, clock_.now(), 3)), 3);
  EXPECT_EQ(run(loop_, expireIdempotencyKeys(database_, clock_.now(), 3)), 2);
  EXPECT_EQ(run(loop_, expireIdempotencyKeys(database_, clock_.now(), 3)), 0);
  EXPECT_TRUE(run(loop_, send({.key = "fresh"}, answering(200))).hasHeader("Idempotency-Replayed"));
}

TEST_F(RunWriteTest, RefusesAMalformedKey) {
  for (const auto& key :
       {std::string("a b"), std::string("\x7f"), std::string("\xc3\xa9"), std::string(256, 'k')}) {
    EXPECT_EQ(run(loop_, send({.key = key}, answering(200))).status, 400U) << key;
  }
  Request request;
  request.headers.push_back({"Idempotency-Key", ""});
  Call call{.request = request, .pathValues = {}, .requestId = {}, .subject = {}};
  EXPECT_EQ(run(loop_, runWrite(call, database_, clock_, answering(200))).status, 400U);
  EXPECT_EQ(changes_, 0);
  EXPECT_EQ(run(loop_, send({.key = std::string(255, '~')}, answering(200))).status, 200U);
}

TEST_F(RunWriteTest, ACancelledRequestThatCommitsIsFollowedAllTheSame) {
  asio::cancellation_signal cancel;
  const Change cancelling = [&](UnitOfWork& unit) -> Task<Response> {
    auto response = co_await change(unit, 200);
    unit.afterCommit([&](CommitOutcome) -> Task<> {
      cancel.emit(asio::cancellation_type::terminal);
      co_return;
    });
    unit.afterCommit([this](CommitOutcome outcome) { return follow(outcome); });
    co_return response;
  };
  bool done = false;
  auto task = send({}, cancelling);
  asio::co_spawn(
      loop_, std::move(task),
      asio::bind_cancellation_slot(
          cancel.slot(), [&](const std::exception_ptr&, const Response&) { done = true; }));
  while (!done) loop_.run_one();
  EXPECT_EQ(followed_.size(), 2U);
  EXPECT_EQ(rows(), 1);
}

/// A database whose commits end in doubt, or whose statements fail from one on.
class FailingDatabase final : public Database {
 public:
  explicit FailingDatabase(Database& real) : real_(real) {}
  bool failBegin = false;
  bool failCommit = false;
  std::string failStatement;

  static SqlError error() { return {SqlError::Kind::Unavailable, "gone"}; }

  Task<SqlResult> execute(const Statement& statement, SqlParameters parameters) override {
    if (statement.name == failStatement) co_return std::unexpected(error());
    auto result = co_await real_.execute(statement, std::move(parameters));
    co_return result;
  }
  Task<TransactionResult> begin() override { return beginExclusive({}); }
  Task<TransactionResult> beginExclusive(std::string) override {
    if (failBegin) co_return std::unexpected(error());
    auto real = co_await real_.begin();
    TransactionResult result = std::make_unique<FailingTransaction>(*this, std::move(*real));
    co_return result;
  }
  Task<Health> health() override { co_return std::unexpected("away"); }

 private:
  class FailingTransaction final : public Transaction {
   public:
    FailingTransaction(FailingDatabase& database, std::unique_ptr<Transaction> real)
        : database_(database), real_(std::move(real)) {}
    Task<SqlResult> execute(const Statement& statement, SqlParameters parameters) override {
      if (statement.name == database_.failStatement) co_return std::unexpected(error());
      auto result = co_await real_->execute(statement, std::move(parameters));
      co_return result;
    }
    Task<std::expected<void, SqlError>> commit(SqlCalls last) override {
      const auto fails = [this](const SqlCall& call) {
        return call.statement->name == database_.failStatement;
      };
      if (database_.failCommit || std::ranges::any_of(last, fails)) {
        co_return std::unexpected(error());
      }
      auto result = co_await real_->commit(std::move(last));
      co_return result;
    }

   private:
    FailingDatabase& database_;
    std::unique_ptr<Transaction> real_;
  };

  Database& real_;
};

class RunWriteFailureTest : public RunWriteTest {
 protected:
  FailingDatabase failing_{database_};

  unsigned statusOf(const char* key, unsigned answer) {
    Request request;
    request.methodName = "POST";
    if (key != nullptr) request.headers.push_back({"Idempotency-Key", key});
    Call call{.request = request, .pathValues = {}, .requestId = {}, .subject = {}};
    return run(loop_, runWrite(call, failing_, clock_, answering(answer))).status;
  }
};

TEST_F(RunWriteFailureTest, AnswersUnavailableWhereverTheDatabaseFails) {
  failing_.failBegin = true;
  EXPECT_EQ(statusOf(nullptr, 200), 503U);
  EXPECT_EQ(statusOf("k", 200), 503U);
  failing_.failBegin = false;
  for (const char* statement : {"savepoint", "idempotency.find"}) {
    failing_.failStatement = statement;
    EXPECT_EQ(statusOf("k", 200), 503U) << statement;
  }
  failing_.failStatement = "savepoint.undo";
  EXPECT_EQ(statusOf("k", 404), 503U);
  failing_.failStatement = "idempotency.expire";
  EXPECT_FALSE(run(loop_, expireIdempotencyKeys(failing_, clock_.now(), 1)));
  EXPECT_EQ(rows(), 0);
  EXPECT_TRUE(followed_.empty());
}

TEST_F(RunWriteFailureTest, SaysThatTheOutcomeOfACommitIsUnknown) {
  failing_.failStatement = "idempotency.keep";
  EXPECT_EQ(statusOf("k", 200), 503U);
  EXPECT_EQ(rows(), 0);
  EXPECT_THAT(std::exchange(followed_, {}), ElementsAre(CommitOutcome::Unknown));
  failing_.failCommit = true;
  EXPECT_EQ(statusOf(nullptr, 200), 503U);
  EXPECT_EQ(statusOf("k", 200), 503U);
  EXPECT_THAT(followed_, ElementsAre(CommitOutcome::Unknown, CommitOutcome::Unknown));
}

}  // namespace
}  // namespace slipway::platform
