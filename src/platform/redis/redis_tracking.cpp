#include "platform/redis/redis_tracking.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <utility>

namespace slipway::platform {

using std::chrono::steady_clock;

namespace {

constexpr std::chrono::microseconds kLookEvery{50};
constexpr std::string_view kChannel = "__redis__:invalidate";

RedisOptions subscriberOptions(RedisOptions options) {
  options.clientName += "-tracking";
  options.database = 0;          // invalidations come from every database
  options.heartbeat = {"PING"};  // of the few commands that a subscriber has
  return options;
}

}  // namespace

RedisTracking::RedisTracking(net::asio::io_context& loop, RedisClient& data, LocalCache& copies,
                             std::function<void(std::string_view)> changed,
                             std::function<void(std::string_view)> refused)
    : client_(loop, subscriberOptions(data.options())),
      data_(data),
      copies_(copies),
      changed_(std::move(changed)),
      refused_(std::move(refused)) {}

void RedisTracking::start() {
  client_.start({.prepare = [this](RedisConnection& connection) { return subscribe(connection); },
                 .up = [this] { enable(); },
                 .down = [this](std::string_view) { disable(); },
                 .message = [this](const RedisReply& message) { onMessage(message); }});
}

net::Task<RedisClient::Outcome> RedisTracking::subscribe(RedisConnection& connection) {
  const std::array<std::string_view, 2> askId{"CLIENT", "ID"};
  const RedisReply* reply = co_await connection.command(askId);
  if (!reply->failed()) {
    id_ = std::to_string(reply->integer());
    const std::array<std::string_view, 2> subscribe{"SUBSCRIBE", kChannel};
    reply = co_await connection.command(subscribe);
  }
  if (reply->is(RedisReply::Type::Error)) refused_(reply->text());
  if (reply->failed()) co_return std::unexpected(std::string(reply->text()));
  co_return RedisClient::Outcome();
}

void RedisTracking::enable() {
  disable();
  if (client_.connection() == nullptr || data_.connection() == nullptr) return;
  const std::array<std::string_view, 5> arguments{"CLIENT", "TRACKING", "ON", "REDIRECT", id_};
  // What is read from now on comes after this on the same connection, and so is tracked.
  data_.connection()->send(arguments, [this, turn = turn_](const RedisReply& reply) {
    if (turn != turn_) return;  // the other connection went away meanwhile
    if (reply.is(RedisReply::Type::Error)) refused_(reply.text());
    on_ = !reply.failed();
  });
}

void RedisTracking::disable() {
  ++turn_;
  on_ = false;
  copies_.clear();
}

bool RedisTracking::fresh(TimePoint now) {
  if (!on_) return false;
  if (now - looked_ > kLookEvery && !lookAgain()) return false;
  looked_ = std::max(looked_, now);
  const auto proven = [now](const RedisConnection* connection) {
    return connection != nullptr && now < connection->provenAt() + connection->timeout();
  };
  return proven(client_.connection()) && proven(data_.connection());
}

/// One system call for both connections: a lost data connection ends the tracking, too.
bool RedisTracking::lookAgain() {
  RedisConnection* const channel = client_.connection();
  RedisConnection* const data = data_.connection();
  if (channel == nullptr || data == nullptr) return false;
  std::array<pollfd, 2> sockets{{{.fd = channel->nativeHandle(), .events = POLLIN, .revents = 0},
                                 {.fd = data->nativeHandle(), .events = POLLRDHUP, .revents = 0}}};
  if (::poll(sockets.data(), sockets.size(), 0) < 0) return false;
  if (sockets[0].revents != 0) channel->drain();
  if (sockets[1].revents != 0) data->close("Redis closed it");
  return on_;
}

void RedisTracking::onMessage(const RedisReply& message) {
  const RedisReply& channel = message.first().next();
  if (channel.text() != kChannel) return;
  const RedisReply& keys = channel.next();
  if (!keys.is(RedisReply::Type::Array)) return copies_.clear();  // all of them: FLUSHDB
  const RedisReply* key = keys.size() > 0 ? &keys.first() : nullptr;
  for (std::size_t i = 0; i < keys.size(); ++i, key = &key->next()) {
    invalidations_.store(invalidations() + 1, std::memory_order_relaxed);
    changed_(key->text());
  }
}

}  // namespace slipway::platform
