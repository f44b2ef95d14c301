// Readers and writers of three replicas race over a few keys, in fair weather and while all kinds
// of things happen to Redis: no read may see less than what was acknowledged before it began.
#include <boost/asio/redirect_error.hpp>
#include <functional>
#include <random>

#include "platform/redis/redis_cache_test_support.hpp"

namespace slipway::platform {
namespace {

using net::Task;
using slipway::testing::start;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

class RedisCacheRacesTest : public slipway::testing::RedisCacheTest {
 protected:
  static constexpr int kKeys = 8;
  static constexpr int kReaders = 8;  // of each replica
  static constexpr int kWriters = 2;

  RedisCacheRacesTest() {
    options_.local = true;
    options_.redis.timeout = milliseconds(500);
    options_.settle = milliseconds(1500);
  }

  /// A row of the database.
  struct Row {
    std::int64_t committed = 1;
    std::int64_t acknowledged = 1;
    bool locked = false;
  };

  bool hasSeenEnough() const { return reads_ > 1000 && hits_ > 100 && writes_ > 100; }

  /// Until there was a race to speak of, however slow the machine is.
  Task<> tell(const std::function<Task<>()>& story) {
    co_await story();
    const auto deadline = steady_clock::now() + std::chrono::seconds(60);
    while (!hasSeenEnough() && steady_clock::now() < deadline) co_await pause(milliseconds(10));
  }

  /// Lets them race until `story` has been told.
  void race(const std::function<Task<>()>& story) {
    for (int i = 0; i < 3; ++i) replica();
    std::vector<std::shared_ptr<std::optional<bool>>> racers;
    for (const auto& replica : replicas_) {
      for (int i = 0; i < kReaders; ++i) racers.push_back(start(loop_, read(*replica)));
      for (int i = 0; i < kWriters; ++i) racers.push_back(start(loop_, write(*replica)));
    }
    slipway::testing::run(loop_, tell(story));
    over_ = true;
    for (const auto& racer : racers) await(racer, "the end of a racer");
    EXPECT_EQ(stale_, 0);
    EXPECT_TRUE(hasSeenEnough()) << reads_ << " reads, " << hits_ << " hits, " << writes_
                                 << " writes";
  }

  Task<bool> read(Replica& replica) {
    while (!over_) {
      const auto key = random_() % kKeys;
      const auto floor = rows_[key].acknowledged;
      const std::string name = std::to_string(key);
      CacheLookup lookup;
      if (!replica->tryGet(name, lookup)) lookup = co_await replica->get(name);
      ++reads_;
      if (lookup.state == CacheLookup::State::Hit) {
        ++hits_;
        if (lookup.version < floor) {
          ++stale_;
          ADD_FAILURE() << "read " << lookup.version << " of " << name << " after " << floor;
        }
      } else {
        co_await pause(microseconds(random_() % 300));
        const auto version = rows_[key].committed;
        co_await pause(microseconds(random_() % 300));
        co_await replica->fill(name, lookup.mark, version, "value");
      }
      co_await pause(microseconds(random_() % 200));
    }
    co_return true;
  }

  Task<bool> write(Replica& replica) {
    while (!over_) {
      Row& row = rows_[random_() % kKeys];
      const std::string name = std::to_string(&row - rows_.data());
      if (!row.locked) {
        row.locked = true;
        const auto ticket = co_await replica->announce(name);
        co_await pause(microseconds(100 + random_() % 300));
        if (random_() % 8 == 0) {
          replica->withdraw(name, ticket);
          row.locked = false;
        } else {
          const auto version = ++row.committed;
          row.locked = false;
          co_await replica->put(name, ticket, version, "value");
          row.acknowledged = std::max(row.acknowledged, version);
          ++writes_;
        }
      }
      co_await pause(microseconds(500 + random_() % 1000));
    }
    co_return true;
  }

  Task<> pause(std::chrono::nanoseconds time) {
    RedisTimer timer(loop_.get_executor(),
                     std::chrono::duration_cast<steady_clock::duration>(time));
    boost::system::error_code ignored;
    co_await timer.async_wait(net::asio::redirect_error(net::useTask, ignored));
  }

  std::array<Row, kKeys> rows_;
  std::minstd_rand random_{42};
  bool over_ = false;
  int reads_ = 0;
  int hits_ = 0;
  int writes_ = 0;
  int stale_ = 0;
};

TEST_F(RedisCacheRacesTest, InFairWeather) {
  race([this] { return pause(milliseconds(1500)); });
}

TEST_F(RedisCacheRacesTest, WhileKeysAreEvictedAndFlushed) {
  race([this]() -> Task<> {
    for (int i = 0; i < 150; ++i) {
      server_({"DEL", full(std::to_string(random_() % kKeys))});
      co_await pause(milliseconds(5));
      if (i % 10 == 0) server_({"FLUSHALL"});
      if (i % 25 == 0) server_({"SCRIPT", "FLUSH"});
      co_await pause(milliseconds(5));
    }
  });
}

TEST_F(RedisCacheRacesTest, WhileRedisComesAndGoes) {
  race([this]() -> Task<> {
    const std::vector<std::function<void()>> begin{
        [this] { server_.freeze(); }, [this] { server_.kill(); },
        [this] { server_({"REPLICAOF", "127.0.0.1", "1"}); },
        [this] { server_({"CONFIG", "SET", "maxmemory", "1"}); }};
    const std::vector<std::function<void()>> end{
        [this] { server_.thaw(); }, [this] { server_.start(); },
        [this] { server_({"REPLICAOF", "NO", "ONE"}); },
        [this] { server_({"CONFIG", "SET", "maxmemory", "0"}); }};
    for (std::size_t i = 0; i < begin.size(); ++i) {
      co_await pause(milliseconds(300));
      begin[i]();
      co_await pause(milliseconds(1200));
      end[i]();
      co_await pause(milliseconds(2700));
    }
  });
}

}  // namespace
}  // namespace slipway::platform
