// How the cache comes and goes with its connection, and what is done before it is believed again.
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <utility>

#include "base/text.hpp"
#include "platform/redis/redis_cache.hpp"
#include "platform/redis/redis_info.hpp"

namespace slipway::platform {

namespace asio = net::asio;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Kind = RedisDebts::Kind;

namespace {

constexpr std::string_view kOurs = "slipway:";
constexpr std::size_t kRunIdBytes = 12;  // of 40: enough to tell runs of one Redis apart
constexpr std::size_t kBatch = 200;
constexpr unsigned kOldestRedis = 7;

/// The heartbeat is a write that changes nothing: a Redis that takes no writes (a replica, a full
/// disk) still answers what is read, and would do so for ever.
RedisOptions redisOptions(RedisOptions options) {
  options.heartbeat = {"DEL", std::string(kOurs) + "heartbeat"};
  return options;
}

}  // namespace

RedisCache::RedisCache(asio::io_context& loop, RedisCacheEngine& engine, unsigned index)
    : loop_(loop),
      engine_(engine),
      options_(engine.options()),
      index_(index),
      client_(loop, redisOptions(options_.redis)),
      local_(options_.localBytes / std::max(1U, options_.loops), options_.ttl),
      started_(loop, RedisConnection::TimePoint::max()),
      leasing_(loop.get_executor(), options_.leaseTtl),
      waiting_(loop.get_executor(), options_.leaseTtl),
      random_(std::random_device{}()) {
  if (options_.local) {
    tracking_ = std::make_unique<RedisTracking>(
        loop, client_, local_,
        [this](std::string_view key) {
          if (key.starts_with(prefix_)) local_.erase(key.substr(prefix_.size()));
        },
        [this](std::string_view error) {
          engine_.warnOnce(engine_.saidNoTracking,
                           "Redis refuses client tracking: no copies are kept in memory", error);
        });
    tracking_->start();
  }
  client_.start({.prepare = [this](RedisConnection& made) { return prepare(made); },
                 .up = [this] { onUp(); },
                 .down = [this](std::string_view reason) { onDown(reason); },
                 .message = {}});
}

RedisCache::~RedisCache() {
  if (state_ == State::Down || state_ == State::Settling) engine_.forgetDown();
}

/// Learns which Redis this is, and whether all that will be needed may be done. What a former run
/// of Redis has loaded from its disk, or a replica that took over, may lack our last writes: each
/// run has keys of its own.
net::Task<RedisClient::Outcome> RedisCache::prepare(RedisConnection& connection) {
  const std::array<std::string_view, 2> question{"INFO", "server"};
  const RedisReply* reply = co_await connection.command(question);
  if (reply->failed()) co_return std::unexpected(std::string(reply->text()));
  const auto version = infoField(reply->text(), "redis_version");
  const auto major = base::parseUnsigned(version.substr(0, version.find('.')));
  if (!major || *major < kOldestRedis) {
    co_return std::unexpected("Redis 7.0 or newer is needed, this is " + std::string(version));
  }
  const auto run = infoField(reply->text(), "run_id").substr(0, kRunIdBytes);
  prefix_.assign(kOurs).append(run).append(":");
  const auto probe = prefix_ + "probe:" + token(newTicket());
  const std::array<std::string_view, 1> parts{probe};
  reply = co_await runRedisScript(connection, RedisScripts::probe(), 1, parts);
  if (reply->failed()) co_return std::unexpected(std::string(reply->text()));
  co_return RedisClient::Outcome();
}

void RedisCache::onUp() {
  const std::uint64_t turn = ++turn_;
  if (state_ == State::Down) state_ = State::Settling;
  if (tracking_) tracking_->dataUp();
  asio::co_spawn(loop_, recover(turn), asio::detached);
}

void RedisCache::onDown(std::string_view reason) {
  ++turn_;
  const bool wasUp = state_ == State::Starting || state_ == State::Trusted;
  state_ = State::Down;
  downAt_ = steady_clock::now();
  downReason_ = reason;
  if (tracking_) tracking_->dataDown();
  // What was announced there may be unknown to the next one.
  pruneSuspended();
  for (const auto& [ticket, key] : writes_) {
    engine_.debts().add({.ticket = ticket, .key = key, .kind = RedisDebts::Kind::Open});
  }
  if (wasUp) engine_.down(reason);
  started_.cancel();
}

/// Before Redis is believed: pays what this process owes, then gives all others the time to notice,
/// to reconnect and to pay what they owe. A process that starts owes nothing, and waits for nobody.
net::Task<> RedisCache::recover(std::uint64_t turn) {
  const bool paid = co_await payDebts();
  if (turn != turn_) co_return;
  if (!paid) co_return client_.drop("what it was owed could not be paid");
  if (state_ == State::Settling) {
    co_await pause(options_.settle);
    if (turn != turn_) co_return;
    engine_.up();
  }
  state_ = State::Trusted;
  started_.cancel();
}

net::Task<bool> RedisCache::payDebts() {
  while (engine_.debts().size() != 0) {
    if (const auto overflow = engine_.debts().overflow()) {
      const auto cleared = co_await clearKeys(prefix_ + "*");
      if (!cleared) co_return false;
      engine_.debts().overflowPaid(overflow);
    }
    auto batch = engine_.debts().some(kBatch);
    if (batch.empty()) continue;
    for (const auto kind : {Kind::Open, Kind::Written, Kind::Deleted}) {
      const bool paid = co_await payBatch(batch, kind);
      if (!paid) co_return false;
    }
    engine_.debts().paid(batch);
  }
  co_return true;
}

/// Those of the batch that are of this kind.
net::Task<bool> RedisCache::payBatch(std::vector<RedisDebts::Debt> batch, Kind kind) {
  std::vector<std::string> texts;
  for (const auto& debt : batch) {
    if (debt.kind == kind) texts.push_back(prefix_ + debt.key);
  }
  const std::size_t keys = texts.size();
  if (keys == 0) co_return true;
  const auto life = kind == Kind::Open ? options_.writeTtl : options_.ttl;
  texts.push_back(kind == Kind::Written ? "1" : std::to_string(life.count()));
  for (const auto& debt : batch) {
    if (debt.kind == kind) texts.push_back(token(debt.ticket));
  }
  if (client_.connection() == nullptr) co_return false;
  const std::vector<std::string_view> parts(texts.begin(), texts.end());
  const RedisScript& script =
      kind == Kind::Open ? RedisScripts::announce() : RedisScripts::forget();
  const RedisReply* reply = co_await runRedisScript(*client_.connection(), script, keys, parts);
  co_return !reply->failed();
}

/// For calls that come before the first attempt to connect has ended.
net::Task<> RedisCache::started() {
  error_code ignored;
  co_await started_.async_wait(asio::redirect_error(net::useTask, ignored));
}

net::Task<> RedisCache::pause(milliseconds time) {
  RedisTimer timer(loop_.get_executor(), time);
  error_code ignored;
  co_await timer.async_wait(asio::redirect_error(net::useTask, ignored));
}

void RedisCache::pruneSuspended() {
  const auto now = steady_clock::now();
  while (!suspended_.empty() && suspended_.front().ends <= now) {
    writes_.erase(suspended_.front().ticket);
    suspended_.pop_front();
  }
}

}  // namespace slipway::platform
