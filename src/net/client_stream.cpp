#include "net/client_stream.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <utility>

namespace slipway::net {

namespace {

using tcp = asio::ip::tcp;
using boost::system::error_code;

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;
using Endpoints = std::vector<asio::generic::stream_protocol::endpoint>;
using Lookup = std::expected<Endpoints, std::string>;

class PlainStream : public ClientStream {
 public:
  explicit PlainStream(ClientSocket socket) : socket_(std::move(socket)) {}

  void expireAt(std::chrono::steady_clock::time_point deadline) override {
    socket_.expires_at(deadline);
  }
  Task<std::size_t> readSome(asio::mutable_buffer into, error_code& error) override {
    return socket_.async_read_some(into, asio::redirect_error(useTask, error));
  }
  Task<> writeAll(asio::const_buffer from, error_code& error) override {
    co_await asio::async_write(socket_, from, asio::redirect_error(useTask, error));
  }

 private:
  ClientSocket socket_;
};

/// The system's resolver knows no time-out of its own: a timer cancels the wait for it.
Task<Lookup> lookUpName(std::string host, std::uint16_t port,
                        std::chrono::steady_clock::time_point deadline) {
  error_code ec;
  const auto executor = co_await asio::this_coro::executor;
  // Shared, since the timer's handler may still be queued when this task ends.
  const auto resolver = std::make_shared<asio::ip::basic_resolver<tcp, Executor>>(executor);
  Timer timer(executor, deadline);
  timer.async_wait([resolver](error_code expired) {
    if (!expired) resolver->cancel();
  });
  const auto service = std::to_string(port);
  const auto results =
      co_await resolver->async_resolve(host, service, asio::redirect_error(useTask, ec));
  if (ec) co_return std::unexpected(clientFailure("look up " + host, ec));
  Endpoints endpoints;
  for (const auto& result : results) endpoints.emplace_back(result.endpoint());
  co_return endpoints;
}

Lookup unixEndpoint(const std::string& path) {
  constexpr std::size_t kLongest = 107;  // sun_path and its end
  if (path.size() > kLongest) return std::unexpected("connect: " + path + ": path too long");
  return Endpoints{asio::local::stream_protocol::endpoint(path)};
}

Task<Lookup> lookUp(const ClientRequest& request, std::chrono::steady_clock::time_point deadline) {
  if (!request.unixSocket.empty()) co_return unixEndpoint(request.unixSocket);
  error_code ec;
  const auto address = asio::ip::make_address(request.host, ec);
  if (!ec) co_return Endpoints{tcp::endpoint(address, request.port)};
  auto found = co_await lookUpName(request.host, request.port, deadline);
  co_return found;
}

}  // namespace

std::string clientFailure(std::string_view step, const error_code& error) {
  std::string text(step);
  const bool late =
      error == boost::beast::error::timeout || error == asio::error::operation_aborted;
  text.append(": ").append(late ? "timed out" : error.message());
  return text;
}

Task<Secured> openClientStream(const ClientRequest& request,
                               std::chrono::steady_clock::time_point deadline) {
  const auto endpoints = co_await lookUp(request, deadline);
  if (!endpoints) co_return std::unexpected(endpoints.error());
  const auto executor = co_await asio::this_coro::executor;
  ClientSocket socket(executor);
  socket.expires_at(deadline);
  error_code ec;
  co_await socket.async_connect(*endpoints, asio::redirect_error(useTask, ec));
  if (ec) co_return std::unexpected(clientFailure("connect", ec));
  if (request.security) {
    auto secured = co_await request.security->secure(std::move(socket), request.host);
    co_return secured;
  }
  co_return std::make_unique<PlainStream>(std::move(socket));
}

}  // namespace slipway::net
