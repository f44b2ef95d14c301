#include "platform/redis/redis_client.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <utility>

namespace slipway::platform {

namespace asio = net::asio;
using boost::system::error_code;
using std::chrono::milliseconds;

bool isUnusable(const RedisReply& error) {
  constexpr std::array<std::string_view, 13> kCodes = {
      "LOADING", "MISCONF", "READONLY",   "NOAUTH",      "WRONGPASS", "NOPERM",    "MASTERDOWN",
      "BUSY",    "MOVED",   "NOREPLICAS", "CLUSTERDOWN", "DENIED",    "UNKILLABLE"};
  if (!error.is(RedisReply::Type::Error)) return error.is(RedisReply::Type::Lost);
  const auto code = error.text().substr(0, error.text().find(' '));
  return std::ranges::find(kCodes, code) != kCodes.end();
}

RedisClient::RedisClient(asio::io_context& loop, RedisOptions options)
    : loop_(loop),
      options_(std::move(options)),
      dialer_(loop.get_executor(), options_),
      timer_(loop),
      backoff_(options_.firstBackoff),
      random_(std::random_device{}()) {}

RedisClient::~RedisClient() {
  if (newest_ != nullptr) newest_->abandon();
}

void RedisClient::start(Events events) {
  events_ = std::move(events);
  asio::co_spawn(loop_, keepConnected(), asio::detached);
}

void RedisClient::drop(std::string_view reason) {
  if (newest_ != nullptr) newest_->close(reason);
}

net::Task<> RedisClient::keepConnected() {
  for (;;) {
    lossReason_.clear();
    const Outcome connected = co_await connect();
    if (connected && newest_ != nullptr) {
      backoff_ = options_.firstBackoff;
      reported_ = false;
      connection_ = newest_;
      connection_->prove(RedisConnection::TimePoint::max());
      events_.up();
      timer_.expires_at(RedisConnection::TimePoint::max());
      error_code ignored;
      if (connection_ != nullptr) {
        co_await timer_.async_wait(asio::redirect_error(net::useTask, ignored));
      }
    } else {
      const std::string reason = connected ? lossReason_ : connected.error();
      drop(reason);
      if (!std::exchange(reported_, true)) events_.down(reason);
    }
    co_await pause();
  }
}

net::Task<> RedisClient::pause() {
  std::uniform_int_distribution<milliseconds::rep> spread(0, backoff_.count() / 4);
  timer_.expires_after(backoff_ + milliseconds(spread(random_)));
  backoff_ = std::min(backoff_ * 2, options_.lastBackoff);
  error_code ignored;
  co_await timer_.async_wait(asio::redirect_error(net::useTask, ignored));
}

net::Task<RedisClient::Outcome> RedisClient::connect() {
  auto socket = co_await dialer_.dial();
  if (!socket) co_return std::unexpected(std::move(socket.error()));
  begin(std::move(*socket));
  // It stays alive at least until what was asked on it has been answered or has failed.
  RedisConnection& connection = *newest_;
  Outcome outcome = co_await introduce(connection);
  if (outcome) outcome = co_await events_.prepare(connection);
  co_return outcome;
}

/// No coroutine may hold the connection: it would be held by what waits in it.
void RedisClient::begin(RedisSocket socket) {
  const auto connection = std::make_shared<RedisConnection>(std::move(socket), options_);
  newest_ = connection.get();
  connection->start([this](std::string_view reason) { lost(reason); }, events_.message);
}

net::Task<RedisClient::Outcome> RedisClient::introduce(RedisConnection& connection) {
  if (!options_.password.empty()) {
    std::vector<std::string_view> arguments{"AUTH"};
    if (!options_.user.empty()) arguments.emplace_back(options_.user);
    arguments.emplace_back(options_.password.reveal());
    const RedisReply* reply = co_await connection.command(arguments);
    if (reply->failed()) co_return std::unexpected(std::string(reply->text()));
  }
  if (options_.database != 0) {
    const auto number = std::to_string(options_.database);
    const std::array<std::string_view, 2> arguments{"SELECT", number};
    const RedisReply* reply = co_await connection.command(arguments);
    if (reply->failed()) co_return std::unexpected(std::string(reply->text()));
  }
  // For people who look at CLIENT LIST: a refusal does not matter.
  const std::array<std::string_view, 3> arguments{"CLIENT", "SETNAME", options_.clientName};
  const RedisReply* reply = co_await connection.command(arguments);
  if (reply->is(RedisReply::Type::Lost)) co_return std::unexpected(std::string(reply->text()));
  co_return Outcome();
}

/// Called by the connection, on whatever way it ends.
void RedisClient::lost(std::string_view reason) {
  newest_ = nullptr;
  if (reason.empty()) {  // the loop is being dropped
    connection_ = nullptr;
    return;
  }
  lossReason_ = reason;
  if (std::exchange(connection_, nullptr) == nullptr) return;
  reported_ = true;
  events_.down(reason);
  timer_.cancel();
}

}  // namespace slipway::platform
