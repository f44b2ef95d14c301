#include "platform/redis/redis_cache_test_support.hpp"

namespace slipway::platform {
namespace {

using slipway::testing::run;

using RedisCacheAdminTest = slipway::testing::RedisCacheTest;

TEST_F(RedisCacheAdminTest, ClearingLeavesForeignKeysAndAnnouncements) {
  options_.local = true;
  auto& a = replica();
  for (int i = 0; i < 3000; ++i) server_({"SET", "theirs:" + std::to_string(i), "1"});
  for (const char* entry : {"V1\none", "T", "A", "Labc"}) hold(entry, entry);
  server_({"RPUSH", "slipway:list", "1"});
  server_({"SET", "slipway:earlier-run:user:1", "V1\nx"});
  const auto ticket = run(loop_, a->announce("writing"));
  EXPECT_TRUE(run(loop_, a->clear()));
  for (const char* entry : {"V1\none", "T", "A", "Labc"}) EXPECT_EQ(held(entry), "(nil)") << entry;
  EXPECT_EQ(server_({"EXISTS", "slipway:list", "slipway:earlier-run:user:1"}), "0");
  EXPECT_TRUE(held("writing").starts_with("W"));
  EXPECT_EQ(server_({"DBSIZE"}), "3001");
  run(loop_, a->put("writing", ticket, 1, "one"));
  EXPECT_EQ(value(a, "writing"), "one");
}

TEST_F(RedisCacheAdminTest, StatsHaveTheFieldsOfTheInProcessCache) {
  options_.local = true;
  options_.redis.database = 2;
  auto& a = replica();
  load(a, "k", 1, "one");
  EXPECT_EQ(value(a, "k"), "one");
  const auto stats = run(loop_, a->stats());
  ASSERT_TRUE(stats) << stats.error();
  for (const char* name : {"connected_clients", "used_memory_human", "total_commands_processed",
                           "keyspace", "hits", "misses", "hit_rate", "evictions", "expired",
                           "entries", "used_memory_bytes", "max_memory_bytes", "backend"}) {
    EXPECT_NE(stats->find(name), nullptr) << name;
  }
  EXPECT_EQ(stats->find("hits")->dump(), "1");
  EXPECT_EQ(stats->find("misses")->dump(), "1");
  EXPECT_EQ(stats->find("hit_rate")->dump(), "0.5");
  EXPECT_EQ(stats->find("keyspace")->dump(), R"({"keys":1,"expires":1})");
  EXPECT_EQ(stats->find("backend")->dump(), R"("redis")");
  EXPECT_TRUE(stats->find("used_memory_human")->dump().ends_with("M\""));
}

TEST_F(RedisCacheAdminTest, HealthIsKnownSoon) {
  options_.redis.timeout = std::chrono::milliseconds(5000);
  auto& a = replica();
  EXPECT_TRUE(run(loop_, a->health()));
  server_.freeze();
  const auto began = std::chrono::steady_clock::now();
  EXPECT_FALSE(run(loop_, a->health()));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(1900));
  server_.thaw();
}

TEST_F(RedisCacheAdminTest, ConnectionsHaveAName) {
  options_.local = true;
  auto& a = replica();
  settle(a);
  waitFor(
      [&] { return server_({"CLIENT", "LIST"}).find("slipwayd-tracking") != std::string::npos; },
      "the second connection");
  EXPECT_NE(server_({"CLIENT", "LIST"}).find("name=slipwayd "), std::string::npos);
}

}  // namespace
}  // namespace slipway::platform
