#include "platform/redis/redis_cache.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <charconv>
#include <utility>

namespace slipway::platform {

namespace asio = net::asio;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr milliseconds kFirstPoll{1};
constexpr milliseconds kLastPoll{16};
constexpr unsigned kLoopBits = 48;  // of a ticket, below the loop's number

/// Only this loop writes it.
void increment(std::atomic<std::uint64_t>& counter) {
  counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

}  // namespace

// Without waiting: a copy, or that Redis is not to be asked.
bool RedisCache::tryGet(std::string_view key, CacheLookup& lookup) {
  if (state_ == State::Down || state_ == State::Settling) {
    increment(counters_.bypasses);
    lookup = {};
    return true;
  }
  if (!tracking_ || state_ != State::Trusted) return false;
  const auto now = steady_clock::now();
  const bool found =
      tracking_->fresh(now) && !engine_.debts().holds(key) && local_.get(key, now, lookup);
  increment(found ? counters_.localHits : counters_.localMisses);
  return found;
}

net::Task<CacheLookup> RedisCache::get(std::string key) {
  CacheLookup lookup;
  if (state_ == State::Starting) co_await started();
  if (!trusts(key)) {
    increment(counters_.bypasses);
    co_return lookup;
  }
  const std::uint64_t promise = tracking_ && tracking_->on() ? local_.expect(key) : 0;
  RedisConnection& redis = *client_.connection();
  redis.prove(steady_clock::now());
  const std::array<std::string_view, 2> arguments{"GET", full(key)};
  const RedisReply* reply = co_await redis.command(arguments);
  const Next next = examine(*reply, lookup);
  const bool lasting = reply->text().starts_with('V') || reply->text().starts_with('T');
  if (promise != 0 && next == Next::Nothing && lasting) {
    local_.store(key, promise, lookup, steady_clock::now());
  } else {
    local_.forgo(key, promise);
  }
  if (next != Next::Nothing) lookup = co_await miss(std::move(key), next);
  count(lookup);
  co_return lookup;
}

/// What one reply for the key says; what is left to do when it says nothing yet.
RedisCache::Next RedisCache::examine(const RedisReply& reply, CacheLookup& lookup) {
  if (reply.is(RedisReply::Type::Nil)) return Next::TakeLease;
  if (!reply.is(RedisReply::Type::Text)) {
    noteError(reply);
    return Next::Nothing;
  }
  const RedisEntry entry = parseRedisEntry(reply.text());
  switch (entry.kind) {
    case RedisEntry::Kind::Value:
      lookup.state = CacheLookup::State::Hit;
      lookup.version = entry.version;
      lookup.value = entry.text;
      break;
    case RedisEntry::Kind::Deleted:
    case RedisEntry::Kind::Absent:
      lookup.state = CacheLookup::State::Absent;
      break;
    case RedisEntry::Kind::Lease:
      // Still in place after this look-up began: nothing was written since the lease was taken.
      lookup.mark = markOf(entry.text);
      return lookup.mark != 0 ? Next::Nothing : Next::WaitForLease;
    case RedisEntry::Kind::Writing:
    case RedisEntry::Kind::Unknown:
      break;
  }
  return Next::Nothing;
}

/// Until the value is there, or it falls to this loop to read it, or it took too long: then the
/// caller reads the database for itself.
net::Task<CacheLookup> RedisCache::miss(std::string key, Next next) {
  CacheLookup lookup;
  const auto deadline = steady_clock::now() + options_.leaseTtl;
  while (next != Next::Nothing) {
    if (!trusts(key) || steady_clock::now() >= deadline) co_return CacheLookup{};
    if (next == Next::TakeLease) {
      next = co_await takeLease(key, lookup);
    } else {
      next = co_await waitForLease(key, lookup, deadline);
    }
  }
  co_return lookup;
}

net::Task<RedisCache::Next> RedisCache::takeLease(std::string key, CacheLookup& lookup) {
  if (const auto gate = leasing_.find(key)) {
    co_await RedisGates::pass(gate);
    // The read that the lease is for has yet to begin: it may be shared.
    lookup.mark = gate->mark;
    if (lookup.mark != 0) co_return Next::Nothing;
    if (!trusts(key)) co_return Next::Nothing;
    const RedisReply* reply = co_await ask(key);
    co_return examine(*reply, lookup);
  }
  auto keeper = leasing_.keep(key);
  const std::uint64_t mark = newTicket();
  const auto entry = "L" + token(mark);
  const auto life = std::to_string(options_.leaseTtl.count());
  const std::array<std::string_view, 7> arguments{"SET", full(key), entry, "NX", "GET", "PX", life};
  const RedisReply* reply = co_await client_.connection()->command(arguments);
  const Next next = examine(*reply, lookup);
  if (next != Next::TakeLease) co_return next;  // somebody was faster
  lookup.mark = mark;
  keeper.share(mark);
  co_return Next::Nothing;
}

/// Another loop reads the database for this key: one of ours asks Redis again and again. When that
/// takes too long, all who wait here read the database together; their mark is no lease and fills
/// nothing.
net::Task<RedisCache::Next> RedisCache::waitForLease(std::string key, CacheLookup& lookup,
                                                     RedisConnection::TimePoint deadline) {
  increment(counters_.leaseWaits);
  Next next = Next::WaitForLease;
  if (const auto gate = waiting_.find(key)) {
    co_await RedisGates::pass(gate);
    lookup.mark = gate->mark;
    // What the other saw may be older than this look-up.
    if (lookup.mark != 0 || !trusts(key)) co_return Next::Nothing;
    const RedisReply* reply = co_await ask(key);
    co_return examine(*reply, lookup);
  }
  auto keeper = waiting_.keep(key);
  for (auto wait = kFirstPoll; next == Next::WaitForLease; wait = std::min(wait * 2, kLastPoll)) {
    co_await pause(wait);
    if (!trusts(key)) co_return Next::Nothing;
    if (steady_clock::now() >= deadline) {
      lookup.mark = newTicket();
      keeper.share(lookup.mark);
      co_return Next::Nothing;
    }
    const RedisReply* reply = co_await ask(key);
    next = examine(*reply, lookup);
  }
  co_return next;
}

net::Task<const RedisReply*> RedisCache::ask(std::string_view key) {
  RedisConnection& redis = *client_.connection();
  redis.prove(steady_clock::now());
  const std::array<std::string_view, 2> arguments{"GET", full(key)};
  const RedisReply* reply = co_await redis.command(arguments);
  co_return reply;
}

net::Task<> RedisCache::fill(std::string key, std::uint64_t mark, std::int64_t version,
                             std::string value) {
  // Nobody needs to wait: what this loop asks from now on is answered after it.
  asio::co_spawn(loop_,
                 replaceLease(std::move(key), mark, redisValueEntry(version, value), jitteredTtl()),
                 asio::detached);
  co_return;
}

net::Task<> RedisCache::fillAbsent(std::string key, std::uint64_t mark) {
  asio::co_spawn(loop_, replaceLease(std::move(key), mark, "A", options_.absentTtl),
                 asio::detached);
  co_return;
}

void RedisCache::release(std::string_view key, std::uint64_t mark) {
  asio::co_spawn(loop_, replaceLease(std::string(key), mark, {}, {}), asio::detached);
}

/// Without an entry it is only given back.
net::Task<> RedisCache::replaceLease(std::string key, std::uint64_t mark, std::string entry,
                                     milliseconds life) {
  if (mark == 0 || !trusts(key)) co_return;
  const auto mine = token(mark);
  const auto lifeText = std::to_string(life.count());
  const std::string name = prefix_ + key;
  const std::array<std::string_view, 4> parts{name, mine, entry, lifeText};
  const RedisReply* reply =
      co_await runRedisScript(*client_.connection(), RedisScripts::fill(), 1, parts);
  if (reply->failed()) noteError(*reply);
}

bool RedisCache::trusts(std::string_view key) {
  return state_ == State::Trusted && !engine_.debts().holds(key);
}

/// Errors that concern all commands end the connection; it comes back when they no longer come.
void RedisCache::noteError(const RedisReply& reply) {
  if (!reply.is(RedisReply::Type::Error)) return;
  if (isUnusable(reply)) return client_.drop(reply.text());
  if (reply.text().starts_with("OOM")) {
    engine_.warnOnce(engine_.saidFull, "Redis is full: the cache takes nothing new", reply.text());
  } else {
    engine_.warnOnce(engine_.saidError, "Redis refused a command", reply.text());
  }
}

void RedisCache::count(const CacheLookup& lookup) {
  increment(lookup.state == CacheLookup::State::Miss ? counters_.misses : counters_.hits);
}

std::string_view RedisCache::full(std::string_view key) {
  scratch_.assign(prefix_).append(key);
  return scratch_;
}

std::uint64_t RedisCache::newTicket() {
  return (std::uint64_t{index_} + 1) << kLoopBits | ++lastTicket_;
}

std::string RedisCache::token(std::uint64_t ticket) const {
  std::array<char, 16> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), ticket, 16).ptr;
  return std::string(engine_.processId()).append(digits.data(), end);
}

std::uint64_t RedisCache::markOf(std::string_view token) const {
  const auto& process = engine_.processId();
  std::uint64_t ticket = 0;
  if (!token.starts_with(process)) return 0;
  const char* const end = token.data() + token.size();
  const auto [rest, error] = std::from_chars(token.data() + process.size(), end, ticket, 16);
  const bool mine = error == std::errc() && rest == end && ticket >> kLoopBits == index_ + 1;
  return mine ? ticket : 0;
}

/// Values that were filled together must not expire together.
milliseconds RedisCache::jitteredTtl() {
  const auto spread = std::uniform_int_distribution<milliseconds::rep>(-1000, 1000)(random_);
  return options_.ttl + options_.ttl * spread / 10'000;
}

}  // namespace slipway::platform
