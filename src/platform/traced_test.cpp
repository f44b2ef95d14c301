#include "platform/traced.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>

#include "platform/log_sink.hpp"
#include "platform/memory_cache.hpp"
#include "platform/otlp_test_support.hpp"
#include "platform/test_support.hpp"
#include "platform/tracing.hpp"
#include "platform/unit_of_work.hpp"

namespace slipway::platform {
namespace {

namespace asio = boost::asio;
using slipway::testing::at;
using slipway::testing::attribute;
using slipway::testing::run;

constexpr Statement kSelect{"things.find", "SELECT id FROM things WHERE id = $1"};

/// Answers every statement with nothing, or with an error.
class EmptyTransaction final : public Transaction {
 public:
  std::optional<SqlError> failure;
  net::Task<SqlResult> execute(const Statement&, SqlParameters) override {
    if (failure) co_return std::unexpected(*failure);
    co_return SqlResult(nullptr);
  }
  net::Task<std::expected<void, SqlError>> commit(SqlCalls) override {
    std::expected<void, SqlError> outcome;
    if (failure) outcome = std::unexpected(*failure);
    co_return outcome;
  }
};

class TracedTest : public ::testing::Test {
 protected:
  /// What the collector was sent by now.
  std::map<std::string, base::Json> spans() {
    run(loop_, tracer_.flush());
    return slipway::testing::spansByName(collector_.bodies);
  }
  SqlResult execute(const RequestSpan* span) {
    TracedSession session(transaction_, span);
    SqlParameters parameters;
    parameters.emplace_back(std::string("secret value"));
    return run(loop_, session.execute(kSelect, std::move(parameters)));
  }

  asio::io_context loop_{1};
  LogSink sink_{{.descriptor = -1}};
  slipway::testing::FakeClock clock_;
  Logger logger_{sink_, LogLevel::Debug, clock_};
  slipway::testing::StandInCollector collector_{loop_};
  Tracer tracer_{{.host = "127.0.0.1",
                  .port = collector_.port(),
                  .databaseSystem = "postgresql",
                  .cacheSystem = "redis",
                  .sampler = *Sampler::make("always_on", 1)},
                 loop_,
                 clock_,
                 logger_};
  const RequestSpan request_{tracer_, *tracer_.begin({})};
  EmptyTransaction transaction_;
};

TEST_F(TracedTest, MakesAStatementAChildOfItsRequest) {
  EXPECT_TRUE(execute(&request_));
  tracer_.end(request_.span, {.method = net::Method::Get, .route = "/", .path = "/"});
  const auto sent = spans();
  ASSERT_TRUE(sent.contains("SELECT things"));
  const auto& child = sent.at("SELECT things");
  const auto& parent = sent.at("GET /");
  EXPECT_EQ(child.find("parentSpanId")->asString(), parent.find("spanId")->asString());
  EXPECT_EQ(child.find("traceId")->asString(), parent.find("traceId")->asString());
  EXPECT_NE(child.find("spanId")->asString(), parent.find("spanId")->asString());
  EXPECT_EQ(child.find("kind")->asInt64(), 3);
  EXPECT_EQ(attribute(child, "db.system.name"), "postgresql");
  EXPECT_EQ(attribute(child, "db.operation.name"), "SELECT");
  EXPECT_EQ(attribute(child, "db.collection.name"), "things");
  EXPECT_EQ(attribute(child, "slipway.query"), "things.find");
  EXPECT_EQ(child.find("status"), nullptr);
  EXPECT_EQ(child.find("links"), nullptr);
}

TEST_F(TracedTest, SaysNothingOfValues) {
  EXPECT_TRUE(execute(&request_));
  for (const auto& [name, span] : spans()) {
    EXPECT_EQ(span.dump().find("secret value"), std::string::npos) << name;
  }
}

TEST_F(TracedTest, SaysHowAStatementFailed) {
  transaction_.failure = SqlError{SqlError::Kind::Timeout, "no answer", {}};
  EXPECT_FALSE(execute(&request_));
  const auto sent = spans();
  EXPECT_EQ(attribute(sent.at("SELECT things"), "error.type"), "timeout");
  EXPECT_EQ(at(sent.at("SELECT things"), {"status", "code"}).asInt64(), 2);
}

TEST_F(TracedTest, RecordsAWriteStepByStep) {
  UnitOfWork unit(std::make_unique<EmptyTransaction>(), {}, &request_);
  EXPECT_TRUE(run(loop_, unit.execute(kSelect, {})));
  EXPECT_TRUE(run(loop_, unit.setSavepoint()));
  EXPECT_TRUE(run(loop_, unit.undoToSavepoint()));
  EXPECT_TRUE(run(loop_, unit.commit()));
  const auto sent = spans();
  for (const auto* const name : {"SELECT things", "SAVEPOINT", "ROLLBACK", "COMMIT"}) {
    EXPECT_TRUE(sent.contains(name)) << name;
  }
}

TEST_F(TracedTest, RecordsWhatRunsWithTheCommit) {
  UnitOfWork unit(std::make_unique<EmptyTransaction>(), {}, &request_);
  unit.executeAtCommit({&kSelect});
  EXPECT_TRUE(run(loop_, unit.commit()));
  auto sent = spans();
  EXPECT_TRUE(sent.contains("COMMIT"));
  EXPECT_EQ(attribute(sent.at("SELECT things"), "slipway.query"), "things.find");
  EXPECT_EQ(attribute(sent.at("SELECT things"), "error.type"), "(none)");

  auto failing = std::make_unique<EmptyTransaction>();
  failing->failure = SqlError{SqlError::Kind::Timeout, "late", {}};
  UnitOfWork failed(std::move(failing), {}, &request_);
  failed.executeAtCommit({&kSelect});
  EXPECT_FALSE(run(loop_, failed.commit()));
  sent = spans();
  for (const auto* const name : {"SELECT things", "COMMIT"}) {
    EXPECT_EQ(attribute(sent.at(name), "error.type"), "timeout") << name;
  }
}

TEST_F(TracedTest, TellsWhatTheCacheHasAtHandFromWhatItAsksFor) {
  MemoryCache cache({.shards = 1}, clock_);
  CacheLookup lookup;
  EXPECT_TRUE(tracedTryGet(&request_, cache, "thing:1", lookup));
  constexpr Step kGet{.place = Step::Place::Cache, .operation = "fetch"};
  lookup = run(loop_, traced(&request_, kGet, cache.get("thing:1")));
  const auto sent = spans();
  const auto& near = sent.at("cache get");
  EXPECT_EQ(attribute(near, "db.system.name"), "in_process");
  EXPECT_EQ(attribute(near, "slipway.cache.result"), "miss");
  EXPECT_EQ(near.find("kind")->asInt64(), 1);
  const auto& far = sent.at("cache fetch");
  EXPECT_EQ(attribute(far, "db.system.name"), "redis");
  EXPECT_EQ(far.find("kind")->asInt64(), 3);
}

TEST_F(TracedTest, RecordsNothingForARequestThatIsNotRecorded) {
  EXPECT_TRUE(execute(nullptr));
  MemoryCache cache({.shards = 1}, clock_);
  CacheLookup lookup;
  EXPECT_TRUE(tracedTryGet(nullptr, cache, "thing:1", lookup));
  UnitOfWork unit(std::make_unique<EmptyTransaction>());
  EXPECT_TRUE(run(loop_, unit.commit()));
  EXPECT_TRUE(spans().empty());
}

}  // namespace
}  // namespace slipway::platform
