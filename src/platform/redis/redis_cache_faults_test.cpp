// Redis away, silent, restarted, full, read-only or forbidding: the cache never fails a caller, and
// never gives out what is old once it is back.
#include <hiredis/hiredis.h>

#include <filesystem>
#include <thread>

#include "platform/redis/redis_cache_test_support.hpp"

namespace slipway::platform {
namespace {

using slipway::testing::run;
using slipway::testing::start;
using std::chrono::milliseconds;

class RedisCacheFaultsTest : public slipway::testing::RedisCacheTest {
 protected:
  using RedisCacheTest::RedisCacheTest;
  static std::uint64_t debts(Replica& replica) { return replica.engine.figures().remote->debts; }
  /// A write of the service: what Redis can't be told, it owes.
  void update(Replica& replica, const std::string& key, std::int64_t version,
              const std::string& text) {
    const auto ticket = run(loop_, replica->announce(key));
    run(loop_, replica->put(key, ticket, version, text));
  }
};

TEST_F(RedisCacheFaultsTest, WithoutRedisEverythingIsAnsweredAtOnce) {
  server_.kill();
  auto& a = replica();
  EXPECT_EQ(value(a, "k"), "(miss)");
  EXPECT_FALSE(run(loop_, a->health()));
  EXPECT_FALSE(run(loop_, a->stats()));
  EXPECT_FALSE(run(loop_, a->clear()));
  update(a, "k", 2, "two");
  run(loop_, a->remove("other", run(loop_, a->announce("other")), 3));
  run(loop_, a->suspend("third", 0));
  const auto withdrawn = run(loop_, a->announce("fourth"));
  EXPECT_EQ(debts(a), 4U);
  a->withdraw("fourth", withdrawn);
  EXPECT_EQ(debts(a), 3U);
  CacheLookup lookup;
  EXPECT_TRUE(a->tryGet("k", lookup));
  EXPECT_EQ(lookup.state, State::Miss);
  EXPECT_EQ(lookup.mark, 0U);
  server_.start();
  waitUntilTrusted(a);
  EXPECT_EQ(debts(a), 0U);
  EXPECT_EQ(value(a, "third"), "(miss)");  // its outcome is unknown still
  EXPECT_EQ(value(a, "k"), "(lease)");
}

TEST_F(RedisCacheFaultsTest, WhatWasWrittenWhileRedisWasSilentIsNotReadOldAfterwards) {
  options_.redis.timeout = milliseconds(300);
  auto& a = replica();
  auto& b = replica();
  load(a, "k", 1, "one");
  load(a, "gone", 1, "there");
  server_.freeze();
  update(a, "k", 2, "two");
  run(loop_, a->remove("gone", run(loop_, a->announce("gone")), 2));
  EXPECT_EQ(debts(a), 2U);
  EXPECT_EQ(value(a, "k"), "(miss)");
  waitUntilDown(b);
  server_.thaw();
  // The other replica reads nothing old, at no moment, and is not well before it reads it here.
  waitFor(
      [&] {
        const auto seen = value(b, "k");
        EXPECT_NE(seen, "one");
        return seen == "(lease)";
      },
      "the cache of the other replica");
  EXPECT_EQ(value(b, "gone"), "(absent)");
  waitUntilTrusted(a);
  EXPECT_EQ(debts(a), 0U);
  const auto log = logged();
  EXPECT_EQ(times(log, "Redis is away"), 2U) << log;  // once for each replica
  EXPECT_EQ(times(log, "Redis is back"), 2U) << log;
  EXPECT_EQ(times(log, "no answer within 300 ms"), 2U) << log;
}

TEST_F(RedisCacheFaultsTest, AWriteThatRunsWhileRedisComesBackIsAnnounced) {
  auto& a = replica();
  load(a, "k", 1, "one");
  server_.kill();
  waitUntilDown(a);
  const auto ticket = run(loop_, a->announce("k"));
  server_.start();
  waitUntilTrusted(a);
  EXPECT_TRUE(held("k").starts_with("W")) << held("k");
  EXPECT_EQ(value(a, "k"), "(miss)");
  run(loop_, a->put("k", ticket, 2, "two"));
  EXPECT_EQ(value(a, "k"), "two");
}

TEST_F(RedisCacheFaultsTest, WhatWasAnnouncedBeforeTheLossIsAnnouncedAgain) {
  auto& a = replica();
  const auto ticket = run(loop_, a->announce("k"));
  run(loop_, a->suspend("unknown", 0));
  server_.kill();
  waitUntilDown(a);
  EXPECT_EQ(debts(a), 2U);
  server_.start();
  waitUntilTrusted(a);
  EXPECT_TRUE(held("k").starts_with("W"));
  EXPECT_TRUE(held("unknown").starts_with("W"));
  run(loop_, a->put("k", ticket, 2, "two"));
  EXPECT_EQ(value(a, "k"), "two");
}

TEST_F(RedisCacheFaultsTest, WhatAFormerRunOfRedisHeldIsNotBelieved) {
  auto& a = replica();
  load(a, "k", 1, "one");
  const auto name = full("k");
  server_.kill();
  server_.start();
  server_({"SET", name, "V1\none"});  // as if loaded from its disk
  waitUntilDown(a);
  waitUntilTrusted(a);
  EXPECT_EQ(value(a, "k"), "(lease)");
}

TEST_F(RedisCacheFaultsTest, ALostConnectionIsReplacedAndItsDebtsPaid) {
  auto& a = replica();
  auto& b = replica();
  load(a, "k", 1, "one");
  EXPECT_EQ(value(b, "k"), "one");
  const auto ticket = run(loop_, a->announce("k"));
  server_({"CLIENT", "KILL", "TYPE", "normal"});
  run(loop_, a->put("k", ticket, 2, "two"));
  EXPECT_EQ(value(a, "k"), "(miss)");
  waitUntilTrusted(a);
  waitUntilTrusted(b);
  EXPECT_NE(value(b, "k"), "one");
  EXPECT_EQ(debts(a), 0U);
}

TEST_F(RedisCacheFaultsTest, MoreDebtsThanCanBeRememberedClearTheCache) {
  options_.maxDebts = 10;
  options_.redis.timeout = milliseconds(300);
  auto& a = replica();
  for (const char* key : {"k0", "k15", "kx"}) load(a, key, 1, "one");
  server_.freeze();
  for (int i = 0; i < 20; ++i) update(a, "k" + std::to_string(i), 2, "two");
  EXPECT_EQ(debts(a), 11U);
  server_.thaw();
  waitUntilTrusted(a);
  EXPECT_EQ(debts(a), 0U);
  for (const char* key : {"k0", "k15", "kx"}) EXPECT_EQ(held(key), "(nil)") << key;
}

TEST_F(RedisCacheFaultsTest, ManyDebtsArePaid) {
  server_.kill();
  auto& a = replica();
  for (int i = 0; i < 1000; ++i) update(a, "k" + std::to_string(i), 2, "two");
  EXPECT_EQ(debts(a), 1000U);
  server_.start();
  waitUntilTrusted(a);
  EXPECT_EQ(debts(a), 0U);
}

TEST_F(RedisCacheFaultsTest, AFullRedisStoresNothingAndMisleadsNobody) {
  auto& a = replica();
  load(a, "k", 1, "one");
  server_({"CONFIG", "SET", "maxmemory", "1"});
  EXPECT_EQ(value(a, "k"), "one");
  EXPECT_EQ(value(a, "other"), "(miss)");  // no lease can be had
  update(a, "k", 2, "two");
  EXPECT_EQ(held("k"), "(nil)");
  run(loop_, a->remove("k", run(loop_, a->announce("k")), 3));
  EXPECT_EQ(value(a, "k"), "(miss)");
  EXPECT_EQ(debts(a), 0U);
  EXPECT_TRUE(run(loop_, a->health()));
  server_({"CONFIG", "SET", "maxmemory", "0"});
  EXPECT_EQ(value(a, "k"), "(lease)");
  EXPECT_EQ(times(logged(), "Redis is full"), 1U);
}

TEST_F(RedisCacheFaultsTest, AReadOnlyRedisIsNotUsed) {
  auto& a = replica();
  load(a, "k", 1, "one");
  server_({"REPLICAOF", "127.0.0.1", "1"});
  update(a, "k", 2, "two");
  EXPECT_EQ(debts(a), 1U);
  EXPECT_EQ(value(a, "k"), "(miss)");
  server_({"REPLICAOF", "NO", "ONE"});
  waitUntilTrusted(a);
  EXPECT_EQ(value(a, "k"), "(lease)");
  EXPECT_EQ(times(logged(), "READONLY"), 1U);
}

TEST_F(RedisCacheFaultsTest, WhoOnlyReadsNoticesThatNothingCanBeWritten) {
  options_.redis.timeout = milliseconds(1000);
  options_.local = true;
  auto& reader = replica();
  auto& writer = replica();
  load(reader, "k", 1, "one");
  EXPECT_EQ(value(writer, "k"), "one");
  server_({"REPLICAOF", "127.0.0.1", "1"});
  update(writer, "k", 2, "two");  // is announced to nobody
  EXPECT_NE(value(reader, "k"), "one");
  EXPECT_FALSE(run(loop_, reader->health()));
}

TEST_F(RedisCacheFaultsTest, AWriteThatCannotBeAnnouncedLetsOthersNotice) {
  options_.redis.timeout = milliseconds(400);
  auto& a = replica();
  settle(a);
  server_.kill();
  const auto began = std::chrono::steady_clock::now();
  run(loop_, a->announce("k"));
  EXPECT_GE(std::chrono::steady_clock::now() - began, milliseconds(390));
  const auto later = std::chrono::steady_clock::now();
  update(a, "other", 1, "one");
  run(loop_, a->put("new", 0, 1, "one"));
  EXPECT_LT(std::chrono::steady_clock::now() - later, milliseconds(300));
}

TEST_F(RedisCacheFaultsTest, ARedisThatCannotSaveIsNotUsed) {
  auto& a = replica();
  load(a, "k", 1, "one");
  std::filesystem::create_directory(server_.file("dump.rdb"));  // where it wants to put a file
  server_({"CONFIG", "SET", "save", "1 1"});
  server_({"SET", "theirs", "1"});
  waitFor([&] { return server_({"SET", "theirs", "2"}).find("MISCONF") != std::string::npos; },
          "MISCONF");
  update(a, "k", 2, "two");
  EXPECT_EQ(debts(a), 1U);
  server_({"CONFIG", "SET", "save", ""});
  server_({"CONFIG", "SET", "stop-writes-on-bgsave-error", "no"});
  waitUntilTrusted(a);
  EXPECT_EQ(value(a, "k"), "(lease)");
}

TEST_F(RedisCacheFaultsTest, ABusyRedisIsNotWaitedFor) {
  options_.redis.timeout = milliseconds(300);
  auto& a = replica();
  load(a, "k", 1, "one");
  server_({"CONFIG", "SET", "busy-reply-threshold", "1"});
  std::thread busy([this] { server_({"EVAL", "while true do end", "0"}); });
  waitFor([&] { return server_({"GET", "x"}).find("BUSY") != std::string::npos; }, "BUSY");
  EXPECT_EQ(value(a, "k"), "(miss)");
  update(a, "k", 2, "two");
  server_({"SCRIPT", "KILL"});
  busy.join();
  waitUntilTrusted(a);
  EXPECT_EQ(value(a, "k"), "(lease)");
}

TEST_F(RedisCacheFaultsTest, TooManyConnectionsAreAFaultLikeAnyOther) {
  const std::unique_ptr<redisContext, decltype(&redisFree)> only(
      redisConnect("127.0.0.1", server_.port()), &redisFree);
  freeReplyObject(redisCommand(only.get(), "CONFIG SET maxclients 1"));
  auto& a = replica();
  EXPECT_EQ(value(a, "k"), "(miss)");
  EXPECT_EQ(times(logged(), "Redis is away"), 1U);
  freeReplyObject(redisCommand(only.get(), "CONFIG SET maxclients 100"));
  waitUntilTrusted(a);
  EXPECT_EQ(value(a, "k"), "(lease)");
}

class SecuredRedisTest : public RedisCacheFaultsTest {
 protected:
  SecuredRedisTest() : RedisCacheFaultsTest({"--requirepass", kPassword}) {
    server_.authenticateAs(kPassword);
  }
  static constexpr const char* kPassword = "p@ss:w/o#rd?%41";
};

TEST_F(SecuredRedisTest, AWrongPasswordIsSaidOnceAndCostsNothing) {
  options_.redis.password = base::Secret("wrong");
  auto& a = replica();
  EXPECT_EQ(value(a, "k"), "(miss)");
  update(a, "k", 2, "two");
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(run(loop_, a->health()));
    loop_.restart();
    loop_.run_for(milliseconds(100));
  }
  const auto log = logged();
  EXPECT_EQ(times(log, "WRONGPASS"), 1U) << log;
  EXPECT_EQ(times(log, "wrong\""), 0U) << log;
}

TEST_F(SecuredRedisTest, NoPasswordIsRefused) {
  auto& a = replica();
  EXPECT_EQ(value(a, "k"), "(miss)");
  EXPECT_EQ(times(logged(), "NOAUTH"), 1U);
}

TEST_F(SecuredRedisTest, AnyCharacterMayBeInThePassword) {
  const auto url = parseRedisUrl("redis://:p%40ss%3Aw%2Fo%23rd%3F%2541@127.0.0.1");
  ASSERT_TRUE(url);
  options_.redis.password = url->password;
  EXPECT_EQ(value(replica(), "k"), "(lease)");
}

TEST_F(SecuredRedisTest, AUserWithFewRightsIsEnough) {
  server_({"ACL",
           "SETUSER",
           "slipway",
           "on",
           ">s e/cret",
           "resetchannels",
           "&__redis__:invalidate",
           "~slipway:*",
           "-@all",
           "+get",
           "+set",
           "+del",
           "+time",
           "+eval",
           "+evalsha",
           "+scan",
           "+info",
           "+ping",
           "+select",
           "+subscribe",
           "+client|setname",
           "+client|id",
           "+client|tracking"});
  options_.redis.user = "slipway";
  options_.redis.password = base::Secret("s e/cret");
  options_.redis.database = 3;
  options_.local = true;
  auto& a = replica();
  load(a, "k", 1, "one");
  update(a, "k", 2, "two");
  EXPECT_EQ(value(a, "k"), "two");
  waitFor([&] { return value(a, "k") == "two" && a.engine.figures().tiers[0].hits > 0; },
          "a local copy");
  EXPECT_TRUE(run(loop_, a->stats()));
  EXPECT_TRUE(run(loop_, a->clear()));
  EXPECT_EQ(value(a, "k"), "(lease)");
  a->release("k", get(a, "k").mark);
  run(loop_, a->remove("k", run(loop_, a->announce("k")), 3));
  EXPECT_EQ(value(a, "k"), "(absent)");
  EXPECT_EQ(logged(), "");
}

TEST_F(SecuredRedisTest, WithoutTheChannelThereAreJustNoCopies) {
  server_({"ACL", "SETUSER", "slipway", "on", ">secret", "resetchannels", "~slipway:*", "+@all"});
  options_.redis.user = "slipway";
  options_.redis.password = base::Secret("secret");
  options_.local = true;
  auto& a = replica();
  load(a, "k", 1, "one");
  EXPECT_EQ(value(a, "k"), "one");
  waitFor([&] { return times(logged(), "no copies are kept in memory") == 1; }, "the log line");
  EXPECT_EQ(a.engine.figures().entries, 0U);
}

TEST_F(SecuredRedisTest, MissingRightsAreSaid) {
  server_({"ACL", "SETUSER", "slipway", "on", ">secret", "~slipway:*", "+@all", "-set"});
  options_.redis.user = "slipway";
  options_.redis.password = base::Secret("secret");
  auto& a = replica();
  EXPECT_EQ(value(a, "k"), "(miss)");
  EXPECT_FALSE(run(loop_, a->health()));
  EXPECT_GE(times(logged(), "Redis is away"), 1U);
}

}  // namespace
}  // namespace slipway::platform
