#include "platform/memory_cache.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <latch>
#include <set>
#include <thread>
#include <vector>

#include "platform/test_support.hpp"

namespace slipway::platform {
namespace {

using State = CacheLookup::State;
using slipway::testing::run;
using std::chrono::seconds;

class MemoryCacheTest : public ::testing::Test {
 protected:
  slipway::testing::FakeClock clock_;
  net::asio::io_context loop_;
  MemoryCacheOptions options_{.maxBytes = 64 * 1024, .shards = 1};
  std::unique_ptr<MemoryCache> cache_ = std::make_unique<MemoryCache>(options_, clock_);

  void reopen() { cache_ = std::make_unique<MemoryCache>(options_, clock_); }
  CacheLookup get(const std::string& key) { return run(loop_, cache_->get(key)); }
  void fill(const std::string& key, std::uint64_t mark, std::int64_t version,
            const std::string& value) {
    run(loop_, cache_->fill(key, mark, version, value));
  }
  void store(const std::string& key, std::int64_t version, const std::string& value) {
    fill(key, get(key).mark, version, value);
  }
  void put(const std::string& key, std::int64_t version, const std::string& value) {
    run(loop_, cache_->put(key, 0, version, value));
  }
  void remove(const std::string& key, std::int64_t version) {
    run(loop_, cache_->remove(key, 0, version));
  }
  void expectHit(const std::string& key, std::int64_t version, const std::string& value) {
    const auto lookup = get(key);
    EXPECT_EQ(lookup.state, State::Hit);
    EXPECT_EQ(lookup.version, version);
    EXPECT_EQ(lookup.value, value);
  }
  void evictEverything() {
    for (int i = 0; i < 1000; ++i) get("other" + std::to_string(i));
  }
};

TEST_F(MemoryCacheTest, GivesWhatWasFilledAfterAMiss) {
  const auto miss = get("k");
  EXPECT_EQ(miss.state, State::Miss);
  EXPECT_NE(miss.mark, 0U);
  fill("k", miss.mark, 3, "value");
  expectHit("k", 3, "value");
}

TEST_F(MemoryCacheTest, AnswersWithoutWaiting) {
  store("k", 1, "value");
  CacheLookup lookup;
  EXPECT_TRUE(cache_->tryGet("k", lookup));
  EXPECT_EQ(lookup.value, "value");
}

TEST_F(MemoryCacheTest, MissesOfOneKeyShareAMarkAndOtherKeysHaveOthers) {
  options_.shards = 4;
  reopen();
  std::set<std::uint64_t> marks;
  for (int i = 0; i < 100; ++i) {
    const auto key = std::to_string(i);
    const auto mark = get(key).mark;
    EXPECT_EQ(get(key).mark, mark);
    marks.insert(mark);
  }
  EXPECT_EQ(marks.size(), 100U);
  EXPECT_FALSE(marks.contains(0));
}

TEST_F(MemoryCacheTest, TakesNoFillWithoutItsMark) {
  fill("k", 0, 1, "a");
  EXPECT_EQ(get("k").state, State::Miss);
  fill("k", get("k").mark + 1, 1, "a");
  EXPECT_EQ(get("k").state, State::Miss);
}

TEST_F(MemoryCacheTest, TheFirstFillOfSharedMarkCounts) {
  const auto mark = get("k").mark;
  fill("k", mark, 2, "new");
  fill("k", mark, 1, "old");
  expectHit("k", 2, "new");
}

TEST_F(MemoryCacheTest, ANewerValueReplacesAnOlderOneOnly) {
  store("k", 2, "two");
  put("k", 3, "three");
  expectHit("k", 3, "three");
  put("k", 2, "late");
  put("k", 3, "same");
  expectHit("k", 3, "three");
}

TEST_F(MemoryCacheTest, AWriteKeepsAReaderThatBeganBeforeItFromFilling) {
  const auto mark = get("k").mark;
  put("k", 2, "new");
  fill("k", mark, 1, "stale");
  const auto next = get("k");
  EXPECT_EQ(next.state, State::Miss);
  EXPECT_NE(next.mark, mark);
  fill("k", mark, 1, "stale");  // nor does the next reader's mark let it in
  EXPECT_EQ(get("k").state, State::Miss);
}

TEST_F(MemoryCacheTest, EvictionLetsNoStaleFillIn) {
  const auto mark = get("k").mark;
  put("k", 2, "new");
  evictEverything();
  get("k");  // leaves a mark of its own
  fill("k", mark, 1, "stale");
  EXPECT_EQ(get("k").state, State::Miss);
}

TEST_F(MemoryCacheTest, EvictionLetsNoLateWriteIn) {
  store("k", 3, "newest");
  evictEverything();
  put("k", 2, "late");
  EXPECT_EQ(get("k").state, State::Miss);
}

TEST_F(MemoryCacheTest, ARemovedRowIsAbsent) {
  store("k", 2, "two");
  remove("k", 3);
  EXPECT_EQ(get("k").state, State::Absent);
  put("k", 2, "late");
  EXPECT_EQ(get("k").state, State::Absent);
}

TEST_F(MemoryCacheTest, ARemovalKeepsAReaderFromFilling) {
  const auto mark = get("k").mark;
  remove("k", 2);
  fill("k", mark, 1, "stale");
  EXPECT_EQ(get("k").state, State::Absent);
  remove("never-read", 2);
  EXPECT_EQ(get("never-read").state, State::Absent);
}

TEST_F(MemoryCacheTest, ARemovalDoesNotGiveWayToAnOlderOne) {
  remove("k", 5);
  remove("k", 4);
  put("k", 5, "late");
  EXPECT_EQ(get("k").state, State::Absent);
}

TEST_F(MemoryCacheTest, AbsenceIsKnownForAShortTime) {
  run(loop_, cache_->fillAbsent("k", get("k").mark));
  EXPECT_EQ(get("k").state, State::Absent);
  clock_.advance(options_.absentTtl);
  EXPECT_EQ(get("k").state, State::Miss);
}

TEST_F(MemoryCacheTest, ACreatedRowEndsItsAbsence) {
  const auto mark = get("k").mark;
  run(loop_, cache_->fillAbsent("k", mark));
  put("k", 1, "created");
  EXPECT_EQ(get("k").state, State::Miss);
  run(loop_, cache_->fillAbsent("k", mark));
  EXPECT_EQ(get("k").state, State::Miss);
}

TEST_F(MemoryCacheTest, ASuspendedKeyHoldsNothingForAWhile) {
  store("k", 1, "old");
  run(loop_, cache_->suspend("k", 0));
  EXPECT_EQ(get("k").state, State::Miss);
  EXPECT_EQ(get("k").mark, 0U);
  put("k", 2, "new");
  remove("k", 3);
  EXPECT_EQ(get("k").state, State::Miss);
  run(loop_, cache_->suspend("unknown", 0));
  EXPECT_EQ(get("unknown").mark, 0U);
  clock_.advance(options_.suspendTtl);
  EXPECT_NE(get("k").mark, 0U);
}

TEST_F(MemoryCacheTest, NeitherEvictionNorClearingEndsASuspension) {
  run(loop_, cache_->suspend("a", 0));
  evictEverything();
  EXPECT_EQ(get("a").mark, 0U);
  clock_.advance(options_.suspendTtl);
  EXPECT_NE(get("a").mark, 0U);

  run(loop_, cache_->suspend("b", 0));
  EXPECT_TRUE(run(loop_, cache_->clear()));
  EXPECT_EQ(get("b").mark, 0U);
}

TEST_F(MemoryCacheTest, ValuesLiveForTheTimeToLiveGiveOrTakeATenth) {
  const auto ttl = std::chrono::duration_cast<std::chrono::microseconds>(options_.ttl);
  for (int i = 0; i < 50; ++i) store(std::to_string(i), 1, "x");
  clock_.advance(ttl * 9 / 10 - seconds(1));
  for (int i = 0; i < 50; ++i) EXPECT_EQ(get(std::to_string(i)).state, State::Hit);
  clock_.advance(ttl / 10 + seconds(1));
  int hits = 0;
  for (int i = 0; i < 50; ++i) hits += get(std::to_string(i)).state == State::Hit ? 1 : 0;
  EXPECT_GT(hits, 0);
  EXPECT_LT(hits, 50);
  clock_.advance(ttl / 10 + seconds(1));
  for (int i = 0; i < 50; ++i) EXPECT_EQ(get(std::to_string(i)).state, State::Miss);
  EXPECT_GE(cache_->counters().expired, 50U);
}

TEST_F(MemoryCacheTest, AMarkDoesNotOutliveTheReadItIsFor) {
  const auto mark = get("k").mark;
  clock_.advance(options_.markTtl);
  fill("k", mark, 1, "late");
  EXPECT_EQ(get("k").state, State::Miss);
}

TEST_F(MemoryCacheTest, EvictsTheLeastRecentlyUsedAndStaysInItsBounds) {
  for (int i = 0; i < 20; ++i) store(std::to_string(i), 1, std::string(1000, 'x'));
  expectHit("0", 1, std::string(1000, 'x'));
  for (int i = 20; i < 1000; ++i) {
    store(std::to_string(i), 1, std::string(1000, 'x'));
    if (i % 10 == 0) {
      EXPECT_EQ(get("0").state, State::Hit) << i;  // used all the time
    }
    EXPECT_LE(cache_->counters().bytes, options_.maxBytes);
  }
  EXPECT_EQ(get("1").state, State::Miss);
  EXPECT_GT(cache_->counters().evictions, 900U);
  EXPECT_GT(cache_->counters().bytes, options_.maxBytes / 2);
}

TEST_F(MemoryCacheTest, DoesNotHoldAValueThatWouldPushOutManyOthers) {
  store("small", 1, "x");
  store("large", 1, std::string(options_.maxBytes / 4, 'x'));
  EXPECT_EQ(get("large").state, State::Miss);
  EXPECT_EQ(get("small").state, State::Hit);
  put("small", 2, std::string(options_.maxBytes, 'x'));
  EXPECT_EQ(get("small").state, State::Miss);
}

TEST_F(MemoryCacheTest, ClearForgetsEverythingAndMarksToo) {
  store("a", 1, "x");
  const auto mark = get("b").mark;
  EXPECT_TRUE(run(loop_, cache_->clear()));
  EXPECT_EQ(cache_->counters().entries, 0U);
  EXPECT_EQ(cache_->counters().bytes, 0U);
  fill("b", mark, 1, "y");
  EXPECT_EQ(get("a").state, State::Miss);
  EXPECT_EQ(get("b").state, State::Miss);
  EXPECT_TRUE(run(loop_, cache_->health()));
}

TEST_F(MemoryCacheTest, CountsForItsStatistics) {
  options_.clients = 2;
  reopen();
  store("a", 1, "x");
  get("a");
  get("a");
  get("b");
  const auto stats = run(loop_, cache_->stats());
  ASSERT_TRUE(stats);
  EXPECT_EQ(stats->find("connected_clients")->asInt64(), 2);
  EXPECT_EQ(stats->find("hits")->asInt64(), 2);
  EXPECT_EQ(stats->find("misses")->asInt64(), 2);
  EXPECT_EQ(stats->find("hit_rate")->asDouble(), 0.5);
  EXPECT_EQ(stats->find("total_commands_processed")->asInt64(), 5);
  EXPECT_EQ(stats->find("entries")->asInt64(), 2);
  EXPECT_EQ(stats->find("keyspace")->find("keys")->asInt64(), 2);
  EXPECT_FALSE(stats->find("used_memory_human")->asString().empty());
}

TEST_F(MemoryCacheTest, StatisticsOfAnUnusedCacheAreZero) {
  const auto stats = run(loop_, cache_->stats());
  ASSERT_TRUE(stats);
  EXPECT_EQ(stats->find("hit_rate")->asDouble(), 0.0);
  EXPECT_EQ(stats->find("used_memory_human")->asString(), "0B");
}

TEST(HumanBytes, IsAsRedisPrintsIt) {
  EXPECT_EQ(humanBytes(1023), "1023B");
  EXPECT_EQ(humanBytes(1024), "1.00K");
  EXPECT_EQ(humanBytes(1'069'548), "1.02M");
  EXPECT_EQ(humanBytes(std::uint64_t{3} << 30), "3.00G");
  EXPECT_EQ(humanBytes(std::uint64_t{1} << 61), "2048.00P");
}

TEST_F(MemoryCacheTest, IsSharedByThreads) {
  options_.shards = 0;  // taken as one
  reopen();
  constexpr int kThreads = 4;
  std::latch started(kThreads);
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      net::asio::io_context loop;
      started.arrive_and_wait();
      for (int i = 0; i < 500; ++i) {
        const auto key = std::to_string(i % 50);
        const auto lookup = run(loop, cache_->get(key));
        if (lookup.state == State::Hit) {
          EXPECT_EQ(lookup.value, std::to_string(lookup.version));
        }
        const std::int64_t version = i * kThreads + t;
        run(loop, cache_->fill(key, lookup.mark, version, std::to_string(version)));
        run(loop, cache_->put(key, 0, version + 1, std::to_string(version + 1)));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(cache_->counters().hits + cache_->counters().misses, 2000U);
}

}  // namespace
}  // namespace slipway::platform
