// What operators ask of the cache: clear it, how it is doing, whether it is there.
#include <fmt/core.h>

#include <cmath>
#include <utility>

#include "base/text.hpp"
#include "platform/redis/redis_cache.hpp"
#include "platform/redis/redis_info.hpp"

namespace slipway::platform {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Cleared = std::expected<void, std::string>;
using Stats = std::expected<base::Json, std::string>;

namespace {

constexpr std::string_view kScanCount = "512";
constexpr milliseconds kClearTime{10'000};
constexpr milliseconds kHealthTime{1'000};

std::uint64_t number(std::string_view info, std::string_view name) {
  return base::parseUnsigned(infoField(info, name)).value_or(0);
}

base::Json tierJson(std::uint64_t hits, std::uint64_t misses) {
  return base::Json::object({{"hits", hits}, {"misses", misses}});
}

base::Json statsJson(std::string_view info, unsigned database, const CacheFigures& figures) {
  const auto& local = figures.tiers[0];
  const auto& redis = figures.tiers[1];
  const auto hits = local.hits + redis.hits;
  const auto misses = redis.misses + redis.bypasses;
  const auto lookups = static_cast<double>(hits + misses);
  const double hitRate =
      lookups > 0 ? std::round(static_cast<double>(hits) / lookups * 10'000) / 10'000 : 0.0;
  const auto keyspace = infoField(info, "db" + std::to_string(database));
  const auto keys = infoNumber(keyspace, "keys");
  base::Json body = base::Json::object();
  body.set("connected_clients", number(info, "connected_clients"));
  body.set("used_memory_human", infoField(info, "used_memory_human"));
  body.set("total_commands_processed", number(info, "total_commands_processed"));
  body.set("keyspace",
           base::Json::object({{"keys", keys}, {"expires", infoNumber(keyspace, "expires")}}));
  body.set("hits", hits);
  body.set("misses", misses);
  body.set("hit_rate", hitRate);
  body.set("evictions", number(info, "evicted_keys"));
  body.set("expired", number(info, "expired_keys"));
  body.set("entries", keys);
  body.set("used_memory_bytes", number(info, "used_memory"));
  body.set("max_memory_bytes", number(info, "maxmemory"));
  body.set("backend", "redis");
  body.set("tiers", base::Json::object({{"l1", tierJson(local.hits, local.misses)},
                                        {"redis", tierJson(redis.hits, redis.misses)}}));
  body.set("local_entries", static_cast<std::uint64_t>(figures.entries));
  body.set("local_bytes", static_cast<std::uint64_t>(figures.bytes));
  body.set("debts", figures.remote->debts);
  return body;
}

}  // namespace

/// Of a PING; may come when nobody waits for it any more.
struct RedisCache::Pong {
  explicit Pong(const net::Executor& executor) : came(executor, kHealthTime) {}
  RedisTimer came;
  Health health =
      std::unexpected(fmt::format("no answer to a PING within {} ms", kHealthTime.count()));
};

std::string RedisCache::whyAway() const {
  return downReason_.empty() ? "not connected to Redis" : "not connected to Redis: " + downReason_;
}

net::Task<Cleared> RedisCache::clear() {
  local_.clear();
  Cleared cleared = co_await clearKeys("slipway:*");
  co_return cleared;
}

/// Announcements stay: what is being written must not be filled from what was there before.
net::Task<Cleared> RedisCache::clearKeys(std::string pattern) {
  const auto deadline = steady_clock::now() + kClearTime;
  std::string cursor = "0";
  do {
    if (client_.connection() == nullptr) co_return std::unexpected(whyAway());
    if (steady_clock::now() >= deadline) co_return std::unexpected("clearing took too long");
    const std::array<std::string_view, 6> scan{"SCAN",  cursor,  "MATCH",
                                               pattern, "COUNT", kScanCount};
    const RedisReply* reply = co_await client_.connection()->command(scan);
    if (reply->size() != 2) co_return std::unexpected(std::string(reply->text()));
    cursor = reply->first().text();
    const RedisReply& found = reply->first().next();
    std::vector<std::string> keys;
    const RedisReply* key = &found.first();
    for (std::size_t i = 0; i < found.size(); ++i, key = &key->next())
      keys.emplace_back(key->text());
    if (keys.empty()) continue;
    if (client_.connection() == nullptr) co_return std::unexpected(whyAway());
    const std::vector<std::string_view> parts(keys.begin(), keys.end());
    reply =
        co_await runRedisScript(*client_.connection(), RedisScripts::clear(), keys.size(), parts);
    if (reply->failed()) co_return std::unexpected(std::string(reply->text()));
  } while (cursor != "0");
  co_return Cleared();
}

net::Task<Stats> RedisCache::stats() {
  if (state_ == State::Starting) co_await started();
  if (client_.connection() == nullptr) co_return std::unexpected(whyAway());
  const std::array<std::string_view, 1> question{"INFO"};
  const RedisReply* reply = co_await client_.connection()->command(question);
  if (reply->failed()) {
    noteError(*reply);
    co_return std::unexpected(std::string(reply->text()));
  }
  co_return statsJson(reply->text(), options_.redis.database, engine_.figures());
}

net::Task<Health> RedisCache::health() {
  if (state_ == State::Starting) co_await started();
  if (client_.connection() == nullptr) co_return std::unexpected(whyAway());
  if (state_ != State::Trusted) co_return std::unexpected("Redis is back, but not believed yet");
  if (!engine_.allUp()) co_return std::unexpected("another event loop is without Redis");
  const auto answer = std::make_shared<Pong>(loop_.get_executor());
  const std::array<std::string_view, 1> question{"PING"};
  client_.connection()->send(question, [answer](const RedisReply& reply) {
    answer->health = Health();
    if (reply.failed()) answer->health = std::unexpected(std::string(reply.text()));
    answer->came.cancel();
  });
  boost::system::error_code ignored;
  co_await answer->came.async_wait(net::asio::redirect_error(net::useTask, ignored));
  co_return answer->health;
}

}  // namespace slipway::platform
