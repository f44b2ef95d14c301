#include "net/client.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <memory>
#include <utility>
#include <vector>

namespace slipway::net {

namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;
using boost::system::error_code;

using Stream = beast::basic_stream<tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;
using Endpoints = std::vector<tcp::endpoint>;
using Lookup = std::expected<Endpoints, std::string>;
using Fetched = std::expected<ClientResponse, std::string>;

std::unexpected<std::string> failure(std::string_view step, const error_code& ec) {
  std::string text(step);
  text.append(": ").append(ec == beast::error::timeout || ec == asio::error::operation_aborted
                               ? "timed out"
                               : ec.message());
  return std::unexpected(std::move(text));
}

/// The system's resolver knows no time-out of its own: a timer cancels the wait for it.
Task<Lookup> lookUp(std::string host, std::uint16_t port, std::chrono::milliseconds timeout) {
  error_code ec;
  const auto address = asio::ip::make_address(host, ec);
  if (!ec) co_return Endpoints{tcp::endpoint(address, port)};
  const auto executor = co_await asio::this_coro::executor;
  // Shared, since the timer's handler may still be queued when this task ends.
  const auto resolver = std::make_shared<asio::ip::basic_resolver<tcp, Executor>>(executor);
  Timer timer(executor, timeout);
  timer.async_wait([resolver](error_code expired) {
    if (!expired) resolver->cancel();
  });
  const auto service = std::to_string(port);
  const auto results =
      co_await resolver->async_resolve(host, service, asio::redirect_error(useTask, ec));
  if (ec) co_return failure("look up " + host, ec);
  Endpoints endpoints;
  for (const auto& result : results) endpoints.push_back(result.endpoint());
  co_return endpoints;
}

http::request<http::string_body> message(ClientRequest& request) {
  http::request<http::string_body> result;
  result.version(11);
  result.method_string({request.method.data(), request.method.size()});
  result.target({request.target.data(), request.target.size()});
  const bool isIpv6 = request.host.find(':') != std::string::npos;
  result.set(http::field::host, (isIpv6 ? "[" + request.host + "]" : request.host) + ":" +
                                    std::to_string(request.port));
  result.set(http::field::user_agent, "slipwayd");
  result.set(http::field::connection, "close");
  if (!request.contentType.empty()) result.set(http::field::content_type, request.contentType);
  result.body() = std::move(request.body);
  result.prepare_payload();
  return result;
}

Task<Fetched> exchange(Stream& stream, ClientRequest& request) {
  error_code ec;
  const auto outgoing = message(request);
  co_await http::async_write(stream, outgoing, asio::redirect_error(useTask, ec));
  if (ec) co_return failure("send", ec);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(request.maxBodyBytes);
  co_await http::async_read(stream, buffer, parser, asio::redirect_error(useTask, ec));
  if (ec) co_return failure("receive", ec);
  auto response = parser.release();
  co_return ClientResponse{.status = response.result_int(), .body = std::move(response.body())};
}

}  // namespace

Task<Fetched> fetch(ClientRequest request) {
  const auto deadline = std::chrono::steady_clock::now() + request.timeout;
  const auto endpoints = co_await lookUp(request.host, request.port, request.timeout);
  if (!endpoints) co_return std::unexpected(endpoints.error());
  const auto executor = co_await asio::this_coro::executor;
  Stream stream(executor);
  stream.expires_at(deadline);  // for all that follows
  error_code ec;
  co_await stream.async_connect(*endpoints, asio::redirect_error(useTask, ec));
  if (ec) co_return failure("connect", ec);
  auto response = co_await exchange(stream, request);
  co_return response;
}

}  // namespace slipway::net
