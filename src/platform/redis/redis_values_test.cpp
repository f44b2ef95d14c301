// The parts of the Redis client that do no I/O.
#include <gtest/gtest.h>

#include "platform/redis/local_cache.hpp"
#include "platform/redis/redis_client.hpp"
#include "platform/redis/redis_debts.hpp"
#include "platform/redis/redis_entry.hpp"
#include "platform/redis/redis_info.hpp"
#include "platform/redis/redis_options.hpp"
#include "platform/redis/redis_reply.hpp"

namespace slipway::platform {
namespace {

using std::chrono::milliseconds;
using Type = RedisReply::Type;

TEST(RedisUrl, NamesAllThereIs) {
  const auto full = parseRedisUrl("redis://ada:s%2Fe%3Ac@cache.example:6380/7");
  ASSERT_TRUE(full);
  EXPECT_EQ(full->host, "cache.example");
  EXPECT_EQ(full->port, 6380);
  EXPECT_EQ(full->user, "ada");
  EXPECT_EQ(full->password.reveal(), "s/e:c");
  EXPECT_EQ(full->database, 7U);
  const auto least = parseRedisUrl("redis://[::1]/");
  ASSERT_TRUE(least);
  EXPECT_EQ(least->host, "::1");
  EXPECT_EQ(least->port, 6379);
  EXPECT_EQ(least->database, 0U);
  EXPECT_TRUE(least->password.empty());
  for (const char* wrong :
       {"rediss://cache", "redis://", "redis://cache/x", "cache", "redis://cache/4294967296"}) {
    EXPECT_FALSE(parseRedisUrl(wrong)) << wrong;
  }
}

TEST(RedisReplyReader, ReadsEveryTypeHoweverItIsCut) {
  const std::string bytes =
      "+OK\r\n-ERR no\r\n:-7\r\n$5\r\na\r\nbc\r\n$-1\r\n*-1\r\n*0\r\n"
      "*3\r\n*2\r\n:1\r\n$1\r\nx\r\n$-1\r\n*1\r\n*1\r\n+deep\r\n$0\r\n\r\n";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    RedisReplyReader reader(1'000'000);
    std::string seen;
    const std::function<void(const RedisReply&)> print = [&](const RedisReply& reply) {
      switch (reply.type()) {
        case Type::Array: {
          seen += "[";
          const RedisReply* element = reply.size() > 0 ? &reply.first() : nullptr;
          for (std::size_t i = 0; i < reply.size(); ++i, element = &element->next())
            print(*element);
          seen += "]";
          break;
        }
        case Type::Integer:
          seen += std::to_string(reply.integer()) + ";";
          break;
        case Type::Nil:
          seen += "nil;";
          break;
        default:
          seen.append(reply.failed() ? "!" : "").append(reply.text()).append(";");
      }
    };
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      reader.feed(std::string_view(bytes).substr(at, step));
      while (const RedisReply* reply = reader.next()) print(*reply);
    }
    EXPECT_FALSE(reader.broken());
    EXPECT_EQ(seen, "OK;!ERR no;-7;a\r\nbc;nil;nil;[][[1;x;]nil;[[deep;]]];") << step;
  }
}

TEST(RedisReplyReader, StopsAtWhatIsNoReply) {
  for (const char* bytes : {"HTTP/1.1 400 Bad Request\r\n", "$x\r\n", "*2\r\n?\r\n", ",1.5\r\n"}) {
    RedisReplyReader reader(1'000'000);
    reader.feed(bytes);
    EXPECT_EQ(reader.next(), nullptr) << bytes;
    EXPECT_TRUE(reader.broken()) << bytes;
    reader.feed("+OK\r\n");
    EXPECT_EQ(reader.next(), nullptr);
  }
}

TEST(RedisReplyReader, BoundsAReply) {
  RedisReplyReader reader(1000);
  reader.feed("$100000\r\n");
  for (int i = 0; i < 30 && !reader.broken(); ++i) {
    EXPECT_EQ(reader.next(), nullptr);
    reader.feed(std::string(100, 'x'));
  }
  EXPECT_TRUE(reader.broken());
}

TEST(RedisCommand, IsWrittenAsRespHasIt) {
  std::string out;
  const std::array<std::string_view, 3> arguments{"SET", "", "a\r\n\0b"};
  appendRedisCommand(out, arguments);
  EXPECT_EQ(out, "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$3\r\na\r\n\r\n");
}

TEST(RedisEntry, IsWhatItsFirstByteSays) {
  const auto value = redisValueEntry(42, "text\n");
  EXPECT_EQ(value, "V42\ntext\n");
  const auto entry = parseRedisEntry(value);
  EXPECT_EQ(entry.kind, RedisEntry::Kind::Value);
  EXPECT_EQ(entry.version, 42);
  EXPECT_EQ(entry.text, "text\n");
  EXPECT_EQ(parseRedisEntry("V1\n").text, "");
  EXPECT_EQ(parseRedisEntry("T").kind, RedisEntry::Kind::Deleted);
  EXPECT_EQ(parseRedisEntry("A").kind, RedisEntry::Kind::Absent);
  EXPECT_EQ(parseRedisEntry("W7 a=1").kind, RedisEntry::Kind::Writing);
  EXPECT_EQ(parseRedisEntry("Labc").text, "abc");
  for (const char* wrong : {"", "x", "V", "V1", "Vx\n", "V1x\n"}) {
    EXPECT_EQ(parseRedisEntry(wrong).kind, RedisEntry::Kind::Unknown) << wrong;
  }
}

TEST(RedisInfo, IsReadByName) {
  constexpr std::string_view kInfo =
      "# Server\r\nredis_version:7.0.15\r\nrun_id:abc\r\n\r\n# Keyspace\r\n"
      "db10:keys=1,expires=0\r\ndb1:keys=12,expires=3,avg_ttl=5\r\n";
  EXPECT_EQ(infoField(kInfo, "redis_version"), "7.0.15");
  EXPECT_EQ(infoField(kInfo, "run_id"), "abc");
  EXPECT_EQ(infoField(kInfo, "run"), "");
  EXPECT_EQ(infoNumber(infoField(kInfo, "db1"), "expires"), 3U);
  EXPECT_EQ(infoNumber(infoField(kInfo, "db2"), "expires"), 0U);
}

TEST(RedisDebts, AreRememberedUntilTheyArePaid) {
  RedisDebts debts(3);
  EXPECT_FALSE(debts.holds("a"));
  debts.add({1, "a", RedisDebts::Kind::Open});
  debts.add({2, "a", RedisDebts::Kind::Written});
  debts.add({3, "b", RedisDebts::Kind::Written});
  EXPECT_EQ(debts.size(), 3U);
  const auto taken = debts.some(10);
  EXPECT_EQ(taken.size(), 3U);
  debts.add({1, "a", RedisDebts::Kind::Written});  // the write has ended meanwhile
  debts.paid(taken);
  EXPECT_TRUE(debts.holds("a"));
  EXPECT_FALSE(debts.holds("b"));
  debts.remove(1);
  EXPECT_EQ(debts.size(), 0U);
}

TEST(RedisDebts, BeyondTheirBoundEverythingIsOwed) {
  RedisDebts debts(1);
  debts.add({1, "a", RedisDebts::Kind::Written});
  debts.add({2, "b", RedisDebts::Kind::Written});
  EXPECT_TRUE(debts.holds("anything"));
  const auto overflow = debts.overflow();
  EXPECT_NE(overflow, 0U);
  debts.add({3, "c", RedisDebts::Kind::Written});
  debts.overflowPaid(overflow);  // there was more since
  EXPECT_TRUE(debts.holds("anything"));
  debts.overflowPaid(debts.overflow());
  EXPECT_FALSE(debts.holds("anything"));
  EXPECT_TRUE(debts.holds("a"));
}

class LocalCacheTest : public ::testing::Test {
 protected:
  LocalCache cache_{10'000, milliseconds(1000)};
  LocalCache::TimePoint now_{std::chrono::hours(1)};
  static CacheLookup hit(const std::string& value) {
    return {.state = CacheLookup::State::Hit, .version = 1, .value = value};
  }
  std::string get(std::string_view key) {
    CacheLookup lookup;
    return cache_.get(key, now_, lookup) ? lookup.value : "-";
  }
};

TEST_F(LocalCacheTest, KeepsWhatWasExpected) {
  const auto promise = cache_.expect("k");
  EXPECT_EQ(get("k"), "-");
  EXPECT_EQ(cache_.expect("k"), promise);
  cache_.store("k", promise, hit("one"), now_);
  EXPECT_EQ(get("k"), "one");
  EXPECT_EQ(cache_.expect("k"), 0U);
  cache_.store("k", 0, hit("two"), now_);
  EXPECT_EQ(get("k"), "one");
  now_ += milliseconds(1000);
  EXPECT_EQ(get("k"), "-");
  EXPECT_EQ(cache_.entries(), 0U);
  EXPECT_EQ(cache_.bytes(), 0U);
}

TEST_F(LocalCacheTest, AnInvalidationThatOvertakesTheAnswerVoidsIt) {
  const auto before = cache_.expect("k");
  cache_.erase("k");
  const auto after = cache_.expect("k");
  EXPECT_NE(before, after);
  cache_.store("k", before, hit("old"), now_);
  EXPECT_EQ(get("k"), "-");
  cache_.store("k", after, hit("new"), now_);
  EXPECT_EQ(get("k"), "new");
  const auto third = cache_.expect("other");
  cache_.clear();
  cache_.store("other", third, hit("old"), now_);
  EXPECT_EQ(get("other"), "-");
  const auto fourth = cache_.expect("other");
  cache_.forgo("other", fourth);
  EXPECT_EQ(cache_.entries(), 0U);
}

TEST_F(LocalCacheTest, TheLeastRecentlyUsedGoesFirst) {
  for (int i = 0; i < 100; ++i) {
    const auto key = std::to_string(i);
    cache_.store(key, cache_.expect(key), hit(std::string(200, 'x')), now_);
    EXPECT_NE(get("0"), "-");
    EXPECT_LE(cache_.bytes(), 10'000U);
  }
  EXPECT_EQ(get("50"), "-");
  EXPECT_NE(get("99"), "-");
  EXPECT_GT(cache_.evictions(), 0U);
  cache_.store("large", cache_.expect("large"), hit(std::string(5000, 'x')), now_);
  EXPECT_EQ(get("large"), "-");
}

}  // namespace
}  // namespace slipway::platform
