// Several replicas over one Redis: what each sees of the others' reads and writes.
#include "platform/redis/redis_cache_test_support.hpp"

namespace slipway::platform {
namespace {

using slipway::testing::run;
using slipway::testing::start;

class SharedCacheTest : public slipway::testing::RedisCacheTest {
 protected:
  void update(Replica& replica, const std::string& key, std::int64_t version,
              const std::string& text) {
    const auto ticket = run(loop_, replica->announce(key));
    run(loop_, replica->put(key, ticket, version, text));
  }
};

TEST_F(SharedCacheTest, WhatOneReplicaReadsAllHave) {
  auto& a = replica();
  auto& b = replica();
  load(a, "k", 1, "one");
  EXPECT_EQ(value(b, "k"), "one");
  update(b, "k", 2, "two");
  EXPECT_EQ(value(a, "k"), "two");
  run(loop_, a->remove("k", run(loop_, a->announce("k")), 3));
  EXPECT_EQ(value(b, "k"), "(absent)");
  const auto lookup = get(a, "gone");
  run(loop_, a->fillAbsent("gone", lookup.mark));
  settle(a);
  EXPECT_EQ(value(b, "gone"), "(absent)");
}

TEST_F(SharedCacheTest, ARowThatIsCreatedEndsItsAbsence) {
  auto& a = replica();
  run(loop_, a->fillAbsent("k", get(a, "k").mark));
  settle(a);
  ASSERT_EQ(value(a, "k"), "(absent)");
  run(loop_, a->put("k", 0, 1, "created"));
  EXPECT_EQ(value(a, "k"), "created");
}

TEST_F(SharedCacheTest, MissesOfOneLoopShareTheirLease) {
  auto& a = replica();
  std::vector<std::shared_ptr<std::optional<CacheLookup>>> readers;
  for (int i = 0; i < 100; ++i) readers.push_back(start(loop_, a->get("k")));
  const auto mark = await(readers[0], "a look-up").mark;
  EXPECT_NE(mark, 0U);
  for (const auto& reader : readers) EXPECT_EQ(await(reader, "a look-up").mark, mark);
  EXPECT_EQ(get(a, "k").mark, mark);
  EXPECT_NE(get(a, "other").mark, mark);
}

TEST_F(SharedCacheTest, OthersWaitForTheLeasesHolder) {
  options_.leaseTtl = kPatience;
  auto& a = replica();
  auto& b = replica();
  auto& c = replica();
  const auto lease = get(a, "k");
  ASSERT_NE(lease.mark, 0U);
  std::vector<std::shared_ptr<std::optional<CacheLookup>>> readers;
  for (int i = 0; i < 50; ++i) {
    readers.push_back(start(loop_, b->get("k")));
    readers.push_back(start(loop_, c->get("k")));
  }
  waitFor([&] { return b.engine.figures().remote->leaseWaits >= 50; }, "waiting look-ups");
  for (const auto& reader : readers) EXPECT_FALSE(reader->has_value());
  run(loop_, a->fill("k", lease.mark, 1, "one"));
  for (const auto& reader : readers) EXPECT_EQ(await(reader, "a look-up").value, "one");
}

TEST_F(SharedCacheTest, OthersGoOnWhenTheLeaseIsGivenBack) {
  options_.leaseTtl = kPatience;
  auto& a = replica();
  auto& b = replica();
  const auto lease = get(a, "k");
  const auto reader = start(loop_, b->get("k"));
  waitFor([&] { return b.engine.figures().remote->leaseWaits == 1; }, "the waiting look-up");
  a->release("k", lease.mark);
  EXPECT_NE(await(reader, "the look-up").mark, 0U);
}

TEST_F(SharedCacheTest, NobodyWaitsLongerThanALeaseLasts) {
  options_.leaseTtl = std::chrono::milliseconds(150);
  auto& a = replica();
  auto& b = replica();
  ASSERT_NE(get(a, "k").mark, 0U);
  const auto began = std::chrono::steady_clock::now();
  const auto lookup = get(b, "k");  // a dies; the lease ends
  EXPECT_EQ(lookup.state, State::Miss);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2));
}

TEST_F(SharedCacheTest, ALeaseFromBeforeAWriteFillsNothing) {
  auto& a = replica();
  auto& b = replica();
  const auto lease = get(a, "k");
  const auto ticket = run(loop_, b->announce("k"));
  run(loop_, a->fill("k", lease.mark, 1, "old"));
  settle(a);
  EXPECT_EQ(value(a, "k"), "(miss)");  // while the write is under way
  run(loop_, b->put("k", ticket, 2, "new"));
  run(loop_, a->fill("k", lease.mark, 1, "old"));
  settle(a);
  EXPECT_EQ(value(a, "k"), "new");
}

TEST_F(SharedCacheTest, AReaderAfterAWriteDoesNotShareALeaseFromBefore) {
  auto& a = replica();
  auto& b = replica();
  const auto before = get(a, "k").mark;
  // A write whose announcement was evicted: the lease is all that is left to void.
  run(loop_, b->put("k", 0, 2, "new"));
  const auto after = get(a, "k").mark;
  EXPECT_NE(after, 0U);
  EXPECT_NE(after, before);
}

class LocalCopiesTest : public SharedCacheTest {
 protected:
  LocalCopiesTest() { options_.local = true; }
  static std::uint64_t localHits(Replica& replica) {
    return replica.engine.figures().tiers[0].hits;
  }
  /// Until the value comes from the replica's own memory.
  void waitForCopy(Replica& replica, const std::string& key) {
    waitFor(
        [&] {
          const auto before = localHits(replica);
          get(replica, key);
          return localHits(replica) > before;
        },
        "a local copy");
  }
};

TEST_F(LocalCopiesTest, AnswersFromMemoryWithoutAskingRedis) {
  auto& a = replica();
  load(a, "k", 1, "one");
  waitForCopy(a, "k");
  CacheLookup lookup;
  waitFor([&] { return a->tryGet("k", lookup); }, "a fresh copy");
  EXPECT_EQ(lookup.state, State::Hit);
  EXPECT_EQ(lookup.value, "one");
  EXPECT_EQ(lookup.version, 1);
  EXPECT_GT(a.engine.figures().entries, 0U);
}

TEST_F(LocalCopiesTest, AnAnnouncementTakesAllCopiesAway) {
  auto& a = replica();
  auto& b = replica();
  load(a, "k", 1, "one");
  for (int version = 2; version < 30; ++version) {
    waitForCopy(a, "k");
    waitForCopy(b, "k");
    const auto ticket = run(loop_, b->announce("k"));
    settle(b);  // as a commit would: one more round trip
    EXPECT_EQ(value(a, "k"), "(miss)");
    EXPECT_EQ(value(b, "k"), "(miss)");
    const auto text = std::to_string(version);
    run(loop_, b->put("k", ticket, version, text));
    EXPECT_EQ(value(a, "k"), text);
    EXPECT_EQ(value(b, "k"), text);
  }
  EXPECT_GT(a.engine.figures().remote->invalidations, 0U);
}

TEST_F(LocalCopiesTest, DeletionsAreCopiedAndAbsencesAreNot) {
  auto& a = replica();
  run(loop_, a->remove("deleted", 0, 1));
  waitForCopy(a, "deleted");
  EXPECT_EQ(value(a, "deleted"), "(absent)");
  run(loop_, a->fillAbsent("absent", get(a, "absent").mark));
  settle(a);
  for (int i = 0; i < 3; ++i) {
    CacheLookup lookup;
    EXPECT_EQ(value(a, "absent"), "(absent)");
    EXPECT_FALSE(a->tryGet("absent", lookup));
  }
}

TEST_F(LocalCopiesTest, NoCopiesWithoutTheChannelAndAgainWithIt) {
  auto& a = replica();
  load(a, "k", 1, "one");
  waitForCopy(a, "k");
  const auto id = server_({"CLIENT", "KILL", "TYPE", "pubsub"});
  EXPECT_EQ(id, "1");
  CacheLookup lookup;
  EXPECT_FALSE(a->tryGet("k", lookup));
  EXPECT_EQ(a.engine.figures().entries, 0U);
  EXPECT_EQ(value(a, "k"), "one");  // from Redis
  waitForCopy(a, "k");
}

TEST_F(LocalCopiesTest, NoCopiesAfterTheConnectionWasLost) {
  auto& a = replica();
  load(a, "k", 1, "one");
  waitForCopy(a, "k");
  server_({"CLIENT", "KILL", "TYPE", "normal"});
  CacheLookup lookup;
  EXPECT_TRUE(a->tryGet("k", lookup) ? lookup.state == State::Miss : true);
  EXPECT_EQ(a.engine.figures().entries, 0U);
  waitForCopy(a, "k");
  EXPECT_EQ(value(a, "k"), "one");
}

TEST_F(LocalCopiesTest, FlushedKeysAreForgotten) {
  auto& a = replica();
  load(a, "k", 1, "one");
  waitForCopy(a, "k");
  server_({"FLUSHALL"});
  EXPECT_EQ(value(a, "k"), "(lease)");
}

TEST_F(LocalCopiesTest, CopiesAreNotUsedWhileRedisIsSilent) {
  options_.redis.timeout = std::chrono::milliseconds(300);
  auto& a = replica();
  load(a, "k", 1, "one");
  waitForCopy(a, "k");
  server_.freeze();
  // Whoever announces a write now gives up after the same time.
  CacheLookup lookup;
  waitFor([&] { return !a->tryGet("k", lookup) || lookup.state == State::Miss; },
          "distrust of the copy");
  server_.thaw();
  waitForCopy(a, "k");
}

TEST_F(LocalCopiesTest, MemoryIsBounded) {
  options_.localBytes = 16 * 1024;
  auto& a = replica();
  for (int i = 0; i < 100; ++i) {
    const auto key = std::to_string(i);
    load(a, key, 1, std::string(500, 'x'));
    EXPECT_EQ(value(a, key).size(), 500U);
    EXPECT_LE(a.engine.figures().bytes, options_.localBytes);
  }
  EXPECT_GT(a.engine.figures().evictions, 0U);
}

}  // namespace
}  // namespace slipway::platform
