// A real Redis and any number of replicas' caches on one loop, for the tests of RedisCache.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "platform/log_sink.hpp"
#include "platform/redis/redis_cache.hpp"
#include "platform/redis/redis_cache_engine.hpp"
#include "platform/redis/redis_info.hpp"
#include "platform/redis/redis_server_test_support.hpp"
#include "platform/test_support.hpp"

namespace slipway::testing {

class RedisCacheTest : public ::testing::Test {
 protected:
  using State = platform::CacheLookup::State;
  static constexpr std::chrono::seconds kPatience{20};

  /// A replica of the service with one loop: all of them run on this test's loop.
  struct Replica {
    Replica(const platform::RedisCacheOptions& options, platform::LogSink& sink,
            net::asio::io_context& loop)
        : logger(sink, platform::LogLevel::Info, base::systemClock()),
          engine(options, logger),
          cache(engine.open(loop)) {}
    platform::Logger logger;
    platform::RedisCacheEngine engine;
    std::shared_ptr<platform::Cache> cache;
    platform::Cache* operator->() { return cache.get(); }
  };

  explicit RedisCacheTest(std::vector<std::string> arguments = {}) : server_(std::move(arguments)) {
    options_.redis.port = server_.port();
    // The machine may be busy; tests of time-outs set shorter ones.
    options_.redis.timeout = std::chrono::milliseconds(2000);
    options_.settle = std::chrono::milliseconds(200);
    options_.local = false;
  }
  ~RedisCacheTest() override {
    replicas_.clear();
    sink_.reset();
    ::close(log_);
  }

  Replica& replica() {
    replicas_.push_back(std::make_unique<Replica>(options_, *sink_, loop_));
    return *replicas_.back();
  }

  platform::CacheLookup get(Replica& replica, const std::string& key) {
    platform::CacheLookup lookup;
    if (replica->tryGet(key, lookup)) return lookup;
    return run(loop_, replica->get(key));
  }
  std::string value(Replica& replica, const std::string& key) {
    const auto lookup = get(replica, key);
    switch (lookup.state) {
      case State::Hit:
        return lookup.value;
      case State::Absent:
        return "(absent)";
      case State::Miss:
        break;
    }
    return lookup.mark == 0 ? "(miss)" : "(lease)";
  }
  /// Reads through the cache: a lease is filled with this.
  void load(Replica& replica, const std::string& key, std::int64_t version,
            const std::string& text) {
    const auto lookup = get(replica, key);
    ASSERT_NE(lookup.mark, 0U);
    run(loop_, replica->fill(key, lookup.mark, version, text));
    settle(replica);
  }
  /// All that the replica has sent has been answered.
  void settle(Replica& replica) { EXPECT_TRUE(run(loop_, replica->health())); }

  /// Runs the loop until `condition` holds.
  template <typename Condition>
  void waitFor(Condition condition, const char* what) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    loop_.restart();
    while (!condition()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "waited too long for " << what;
      loop_.run_one_for(std::chrono::milliseconds(5));
    }
  }
  template <typename T>
  T await(const std::shared_ptr<std::optional<T>>& result, const char* what) {
    waitFor([&] { return result->has_value(); }, what);
    return std::move(**result);
  }
  void waitUntilTrusted(Replica& replica) {
    waitFor(
        [&] {
          const auto lookup = get(replica, "probe-of-the-test");
          return lookup.state != State::Miss || lookup.mark != 0;
        },
        "the cache");
  }
  void waitUntilDown(Replica& replica) {
    waitFor([&] { return replica.engine.figures().remote->connections == 0; }, "the loss");
  }

  /// What Redis holds under one of our keys.
  std::string held(const std::string& key) { return server_({"GET", full(key)}); }
  void hold(const std::string& key, const std::string& entry) {
    server_({"SET", full(key), entry, "PX", "60000"});
  }
  std::string full(const std::string& key) {
    const auto info = server_({"INFO", "server"});
    return "slipway:" + std::string(platform::infoField(info, "run_id").substr(0, 12)) + ":" + key;
  }

  std::string logged() {
    sink_.emplace(
        platform::LogSinkOptions{.descriptor = log_});  // the former one writes all it has
    std::ifstream file(folder_.file("log"));
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  static std::size_t times(const std::string& text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
    return count;
  }

  TemporaryFolder folder_;
  RedisServer server_;
  int log_ = ::open(folder_.file("log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  std::optional<platform::LogSink> sink_{platform::LogSinkOptions{.descriptor = log_}};
  platform::RedisCacheOptions options_;
  net::asio::io_context loop_;
  std::vector<std::unique_ptr<Replica>> replicas_;
};

}  // namespace slipway::testing
