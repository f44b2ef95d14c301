#include "health/health_api.hpp"

#include <gtest/gtest.h>

#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <utility>

#include "health/health_documentation.hpp"
#include "platform/test_support.hpp"

namespace slipway::health {
namespace {

using base::Json;
using net::Response;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

enum class State { Good, Bad, Hanging };

/// What a dependency says about itself.
net::Task<platform::Health> say(State state) {
  if (state == State::Hanging) {
    const auto executor = co_await net::asio::this_coro::executor;
    net::asio::steady_timer never(executor, steady_clock::time_point::max());
    co_await never.async_wait(net::useTask);
  }
  platform::Health health;
  if (state == State::Bad) health = std::unexpected("refused");
  co_return health;
}

class FakeDatabase final : public platform::Database {
 public:
  State state = State::Good;

  net::Task<platform::SqlResult> execute(const platform::Statement&,
                                         platform::SqlParameters) override {
    co_return std::unexpected(platform::SqlError{});
  }
  net::Task<platform::TransactionResult> begin() override {
    co_return std::unexpected(platform::SqlError{});
  }
  net::Task<platform::TransactionResult> beginExclusive(std::string) override {
    co_return std::unexpected(platform::SqlError{});
  }
  net::Task<platform::Health> health() override { return say(state); }
};

class FakeCache final : public platform::Cache {
 public:
  State state = State::Good;
  bool cleared = false;

  net::Task<platform::CacheLookup> get(std::string) override { co_return platform::CacheLookup{}; }
  bool tryGet(std::string_view, platform::CacheLookup&) override { return false; }
  net::Task<> fill(std::string, std::uint64_t, std::int64_t, std::string) override { co_return; }
  net::Task<> fillAbsent(std::string, std::uint64_t) override { co_return; }
  void release(std::string_view, std::uint64_t) override {}
  net::Task<std::uint64_t> announce(std::string) override { co_return 0; }
  net::Task<> put(std::string, std::uint64_t, std::int64_t, std::string) override { co_return; }
  net::Task<> remove(std::string, std::uint64_t, std::int64_t) override { co_return; }
  net::Task<> suspend(std::string, std::uint64_t) override { co_return; }
  void withdraw(std::string_view, std::uint64_t) override {}
  net::Task<std::expected<void, std::string>> clear() override {
    std::expected<void, std::string> outcome;
    if (state != State::Good) outcome = std::unexpected("away");
    cleared = outcome.has_value();
    co_return outcome;
  }
  net::Task<std::expected<Json, std::string>> stats() override {
    std::expected<Json, std::string> figures = Json::object({{"hit_rate", 0.5}});
    if (state != State::Good) figures = std::unexpected("away");
    co_return figures;
  }
  net::Task<platform::Health> health() override { return say(state); }
};

class HealthApiTest : public ::testing::Test {
 protected:
  Response ask(HealthOperation::Place operation, std::string_view accept = {}) {
    request_.headers = {{"Accept", accept}};
    platform::Call call{.request = request_};
    return testing::run(loop_, endpoints_[operation].handler(call));
  }

  static Json bodyOf(const Response& response) {
    auto json = base::readJson(response.bodyView(), {});
    return json ? *json : Json();
  }
  static std::string textOf(const Response& response, std::string_view member) {
    const auto body = bodyOf(response);
    const auto* value = body.find(member);
    return value != nullptr && value->isString() ? value->asString() : std::string();
  }

  net::asio::io_context loop_{1};
  net::Request request_;
  FakeDatabase database_;
  FakeCache cache_;
  testing::FakeClock clock_;
  platform::ServiceState state_{.started = true};
  platform::MetricsPage page_;
  platform::HttpMetrics metrics_{1};
  std::vector<const platform::HttpMetrics*> loops_{&metrics_};
  platform::CpuMeter cpu_;
  std::vector<platform::Endpoint> endpoints_ = healthEndpoints({.database = database_,
                                                                .cache = cache_,
                                                                .clock = clock_,
                                                                .state = state_,
                                                                .metrics = page_,
                                                                .loops = loops_,
                                                                .cpu = cpu_,
                                                                .probeLimit = milliseconds(700)});
};

TEST_F(HealthApiTest, EveryDeclaredEndpointHasAHandlerAndIsListed) {
  const auto root = ask(HealthOperation::Root);
  for (const auto& endpoint : endpoints_) {
    EXPECT_TRUE(endpoint.handler) << endpoint.path;
    if (endpoint.path != "/") {
      EXPECT_NE(root.bodyView().find('"' + std::string(endpoint.path) + '"'), std::string::npos)
          << endpoint.path;
    }
  }
}

TEST_F(HealthApiTest, NamesWhatIsWell) {
  const auto well = ask(HealthOperation::Health);
  EXPECT_EQ(well.status, 200U);
  EXPECT_EQ(textOf(well, "status"), "healthy");
  EXPECT_EQ(textOf(well, "database"), "healthy");
  EXPECT_EQ(textOf(well, "cache"), "healthy");

  cache_.state = State::Bad;
  const auto degraded = ask(HealthOperation::Health);
  EXPECT_EQ(degraded.status, 200U);
  EXPECT_EQ(textOf(degraded, "status"), "degraded");
  EXPECT_EQ(textOf(degraded, "cache"), "unhealthy");
  EXPECT_EQ(degraded.failure, "cache: refused");

  database_.state = State::Bad;
  const auto unhealthy = ask(HealthOperation::Health);
  EXPECT_EQ(unhealthy.status, 503U);
  EXPECT_EQ(textOf(unhealthy, "status"), "unhealthy");
  EXPECT_EQ(textOf(unhealthy, "database"), "unhealthy");
  EXPECT_NE(unhealthy.headerLines().find("Retry-After: 1\r\n"), std::string::npos);
  EXPECT_EQ(unhealthy.failure, "database: refused; cache: refused");
}

TEST_F(HealthApiTest, AHungDependencyIsUnhealthyAfterOneLimitNotTwo) {
  database_.state = cache_.state = State::Hanging;
  const auto begun = steady_clock::now();
  const auto answer = ask(HealthOperation::Health);
  EXPECT_LT(steady_clock::now() - begun, milliseconds(1380));
  EXPECT_EQ(answer.status, 503U);
  EXPECT_EQ(textOf(answer, "database"), "unhealthy");
  EXPECT_EQ(textOf(answer, "cache"), "unhealthy");
}

TEST_F(HealthApiTest, AHungCacheOnlyDegrades) {
  cache_.state = State::Hanging;
  const auto answer = ask(HealthOperation::Health);
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(textOf(answer, "status"), "degraded");
}

TEST_F(HealthApiTest, ReadyNeedsAStartNoDrainAndADatabase) {
  EXPECT_EQ(ask(HealthOperation::Ready).status, 200U);
  cache_.state = State::Bad;
  EXPECT_EQ(ask(HealthOperation::Ready).status, 200U);

  state_.started = false;
  EXPECT_EQ(textOf(ask(HealthOperation::Ready), "detail"), "starting");
  state_.started = true;
  state_.draining = true;
  EXPECT_EQ(textOf(ask(HealthOperation::Ready), "detail"), "draining");
  state_.draining = false;
  for (const auto state : {State::Bad, State::Hanging}) {
    database_.state = state;
    const auto answer = ask(HealthOperation::Ready);
    EXPECT_EQ(answer.status, 503U);
    EXPECT_EQ(textOf(answer, "detail"), "database unavailable");
    EXPECT_TRUE(answer.failure.starts_with("database: ")) << answer.failure;
  }
}

TEST_F(HealthApiTest, LivenessAsksNobody) {
  state_.started = false;
  database_.state = cache_.state = State::Hanging;
  EXPECT_EQ(textOf(ask(HealthOperation::Live), "status"), "alive");
}

TEST_F(HealthApiTest, MetricsAreJsonUnlessTextIsAskedFor) {
  const auto json = ask(HealthOperation::Metrics, "*/*");
  const auto body = bodyOf(json);
  for (const auto* const name :
       {"timestamp", "requests_total", "errors_total", "error_rate", "cpu_percent", "memory_mb",
        "disk_usage", "process_id", "hostname", "p99_seconds", "cache_hit_rate"}) {
    EXPECT_NE(body.find(name), nullptr) << name;
  }
  const auto text = ask(HealthOperation::Metrics, "text/plain");
  EXPECT_EQ(text.contentType, platform::contentTypeOf(platform::MetricsFormat::Text));
  for (const auto& response : {&json, &text}) {
    EXPECT_NE(response->headerLines().find("Vary: Accept\r\n"), std::string::npos);
  }
}

TEST_F(HealthApiTest, MetricsDoWithoutTheCache) {
  cache_.state = State::Bad;
  const auto answer = ask(HealthOperation::Metrics);
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(bodyOf(answer).find("cache_hit_rate"), nullptr);
}

TEST_F(HealthApiTest, CacheStatisticsAndClearingNeedTheCache) {
  EXPECT_NE(bodyOf(ask(HealthOperation::CacheStats)).find("hit_rate"), nullptr);
  EXPECT_EQ(textOf(ask(HealthOperation::ClearCache), "message"), "Cache cleared successfully");
  EXPECT_TRUE(cache_.cleared);

  cache_.state = State::Bad;
  for (const auto operation : {HealthOperation::CacheStats, HealthOperation::ClearCache}) {
    const auto answer = ask(operation);
    EXPECT_EQ(answer.status, 503U);
    EXPECT_EQ(textOf(answer, "detail"), "Cache unavailable");
    EXPECT_EQ(answer.failure, "cache: away");
  }
}

}  // namespace
}  // namespace slipway::health
