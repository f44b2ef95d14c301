// Writes: announced before the commit, finished after it.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <utility>

#include "platform/redis/redis_cache.hpp"

namespace slipway::platform {

namespace asio = net::asio;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

/// How long an invalidation may be on its way to another replica when the answer of the command
/// that caused it is here already.
constexpr milliseconds kInvalidationTime{2};

using Kind = RedisDebts::Kind;

}  // namespace

net::Task<std::uint64_t> RedisCache::announce(std::string key) {
  if (state_ == State::Starting) co_await started();
  const auto began = steady_clock::now();
  const std::uint64_t ticket = newTicket();
  writes_.emplace(ticket, key);
  const bool marked = co_await mark(std::move(key), ticket);
  if (!marked) co_await letOthersNotice(began);
  co_return ticket;
}

net::Task<bool> RedisCache::mark(std::string key, std::uint64_t ticket) {
  local_.erase(key);
  if (client_.connection() == nullptr) {
    owe({.ticket = ticket, .key = std::move(key), .kind = Kind::Open}, nullptr);
    co_return false;
  }
  const auto mine = token(ticket);
  const auto life = std::to_string(options_.writeTtl.count());
  const std::string name = prefix_ + key;
  const std::array<std::string_view, 3> parts{name, life, mine};
  const RedisReply* reply =
      co_await runRedisScript(*client_.connection(), RedisScripts::announce(), 1, parts);
  const bool done = !reply->failed();
  if (!done) owe({.ticket = ticket, .key = std::move(key), .kind = Kind::Open}, reply);
  co_return done;
}

net::Task<> RedisCache::put(std::string key, std::uint64_t ticket, std::int64_t version,
                            std::string value) {
  if (state_ == State::Starting) co_await started();
  const auto began = steady_clock::now();
  const bool announced = ticket != 0;
  if (!announced) ticket = newTicket();
  local_.erase(key);
  writes_.erase(ticket);
  const RedisReply* reply = nullptr;
  const std::string name = prefix_ + key;
  if (client_.connection() != nullptr && !announced) {
    // Of a new row there is mostly nothing to end: seen at a fraction of the script's cost.
    reply = co_await ask(key);
    if (reply->is(RedisReply::Type::Nil)) co_return;
  }
  if (RedisConnection* const redis = client_.connection(); redis != nullptr) {
    const auto mine = token(ticket);
    const auto versionText = std::to_string(version);
    const auto entry = redisValueEntry(version, value);
    const auto life = std::to_string(jitteredTtl().count());
    const std::array<std::string_view, 5> parts{name, mine, versionText, entry, life};
    reply = co_await runRedisScript(*redis, RedisScripts::finish(), 1, parts);
  }
  if (reply == nullptr || reply->failed()) {
    owe({.ticket = ticket, .key = std::move(key), .kind = Kind::Written}, reply);
    // What was announced is hidden from all. A new row may be known as absent to others.
    if (!announced) co_await letOthersNotice(began);
    co_return;
  }
  engine_.debts().remove(ticket);
  if (announced && reply->integer() != 0) co_await letCopiesGo();
}

net::Task<> RedisCache::remove(std::string key, std::uint64_t ticket, std::int64_t) {
  if (state_ == State::Starting) co_await started();
  if (ticket == 0) ticket = newTicket();
  local_.erase(key);
  writes_.erase(ticket);
  const RedisReply* reply = nullptr;
  if (client_.connection() != nullptr) {
    const auto life = std::to_string(jitteredTtl().count());
    const std::array<std::string_view, 6> arguments{"SET", full(key), "T", "PX", life, "GET"};
    reply = co_await client_.connection()->command(arguments);
  }
  if (reply != nullptr && reply->is(RedisReply::Type::Error) && !isUnusable(*reply) &&
      client_.connection() != nullptr) {
    // Full, or not a string: without an entry nobody is misled either.
    noteError(*reply);
    const std::array<std::string_view, 2> fallback{"DEL", full(key)};
    reply = co_await client_.connection()->command(fallback);
  }
  if (reply == nullptr || reply->failed()) {
    owe({.ticket = ticket, .key = std::move(key), .kind = Kind::Deleted}, reply);
    co_return;
  }
  engine_.debts().remove(ticket);
  if (reply->text().find(token(ticket)) == std::string_view::npos) co_await letCopiesGo();
}

net::Task<> RedisCache::suspend(std::string key, std::uint64_t ticket) {
  if (ticket == 0) ticket = newTicket();
  pruneSuspended();
  writes_.emplace(ticket, key);
  suspended_.push_back({steady_clock::now() + options_.writeTtl, ticket});
  co_await mark(std::move(key), ticket);
}

void RedisCache::withdraw(std::string_view key, std::uint64_t ticket) {
  writes_.erase(ticket);
  engine_.debts().remove(ticket);
  if (client_.connection() == nullptr) return;
  asio::co_spawn(loop_, takeBack(std::string(key), ticket), asio::detached);
}

/// When it fails, the announcement ends by itself in a while.
net::Task<> RedisCache::takeBack(std::string key, std::uint64_t ticket) {
  if (client_.connection() == nullptr) co_return;
  const auto mine = token(ticket);
  const std::string name = prefix_ + key;
  const std::array<std::string_view, 3> parts{name, "0", mine};
  const RedisReply* reply =
      co_await runRedisScript(*client_.connection(), RedisScripts::forget(), 1, parts);
  if (reply->failed()) noteError(*reply);
}

/// The write goes on without Redis; Redis is not believed before it has been told. Where a command
/// failed on a connection that still stands, that one goes too: a new one begins with the debts.
void RedisCache::owe(RedisDebts::Debt debt, const RedisReply* reply) {
  engine_.debts().add(std::move(debt));
  if (reply != nullptr) client_.drop(reply->text());
}

/// What Redis could not be told since `began`, others may read there, or in their own memory, until
/// their next heartbeat fails: they believe nothing for longer than a time-out after the last good
/// one. So the write takes as long. While Redis is away for longer already, it takes no time.
net::Task<> RedisCache::letOthersNotice(RedisConnection::TimePoint began) {
  const auto noticed = std::min(began, downAt_) + options_.redis.timeout;
  const auto now = steady_clock::now();
  if (noticed > now) co_await pause(std::chrono::ceil<milliseconds>(noticed - now));
}

/// The announcement was lost, so that others may have had copies until just now.
net::Task<> RedisCache::letCopiesGo() { return pause(kInvalidationTime); }

}  // namespace slipway::platform
