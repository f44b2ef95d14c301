#include "platform/redis/redis_dialer.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/redirect_error.hpp>
#include <utility>

namespace slipway::platform {

namespace asio = net::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

struct RedisDialer::Lookup {
  explicit Lookup(const net::Executor& executor) : resolver(executor), timer(executor) {}
  asio::ip::basic_resolver<tcp, net::Executor> resolver;
  RedisTimer timer;
  bool done = false;
  error_code error;
  Endpoints endpoints;
};

net::Task<std::expected<RedisDialer::Endpoints, std::string>> RedisDialer::lookUp(
    milliseconds timeout) {
  error_code ec;
  const auto address = asio::ip::make_address(options_.host, ec);
  if (!ec) co_return Endpoints{tcp::endpoint(address, options_.port)};
  if (!lookup_) {
    lookup_ = std::make_shared<Lookup>(executor_);
    lookup_->resolver.async_resolve(
        options_.host, std::to_string(options_.port),
        [lookup = lookup_](error_code error, const asio::ip::basic_resolver_results<tcp>& results) {
          lookup->done = true;
          lookup->error = error;
          for (const auto& result : results) lookup->endpoints.push_back(result.endpoint());
          lookup->timer.cancel();
        });
  }
  const auto lookup = lookup_;
  if (!lookup->done) {
    lookup->timer.expires_after(timeout);
    co_await lookup->timer.async_wait(asio::redirect_error(net::useTask, ec));
  }
  if (!lookup->done) co_return std::unexpected("look up " + options_.host + ": timed out");
  lookup_.reset();
  if (lookup->error) {
    co_return std::unexpected("look up " + options_.host + ": " + lookup->error.message());
  }
  co_return lookup->endpoints;
}

net::Task<std::expected<RedisSocket, std::string>> RedisDialer::dial() {
  const auto timeout = std::min(options_.timeout, RedisOptions::kLongestConnect);
  const auto deadline = steady_clock::now() + timeout;
  const auto endpoints = co_await lookUp(timeout);
  if (!endpoints) co_return std::unexpected(endpoints.error());
  error_code ec = asio::error::host_not_found;
  for (const auto& endpoint : *endpoints) {
    // Shared, since the timer's handler may still be queued when this task ends.
    const auto socket = std::make_shared<RedisSocket>(executor_);
    RedisTimer timer(executor_, deadline);
    timer.async_wait([socket](error_code expired) {
      error_code ignored;
      if (!expired) socket->cancel(ignored);
    });
    co_await socket->async_connect(endpoint, asio::redirect_error(net::useTask, ec));
    if (!ec && timer.cancel() != 0) co_return std::move(*socket);
    if (!ec) ec = asio::error::operation_aborted;
  }
  const auto text = ec == asio::error::operation_aborted ? std::string("timed out") : ec.message();
  co_return std::unexpected("connect: " + text);
}

}  // namespace slipway::platform
