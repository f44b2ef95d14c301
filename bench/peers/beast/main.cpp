// A bare Beast server: GET /users/1 answers a fixed JSON body, any other request 404. One thread,
// no log, no limits: what the library costs without a service. usage: bench_beast <port> <body>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using Request = http::request<http::empty_body>;
using Response = http::response<http::string_body>;

Response answer(const Request& request, const std::string& body) {
  const bool found = request.method() == http::verb::get && request.target() == "/users/1";
  Response response{found ? http::status::ok : http::status::not_found, request.version()};
  response.set(http::field::content_type, "application/json");
  response.keep_alive(request.keep_alive());
  response.body() = found ? body : R"({"detail":"Not Found"})";
  response.prepare_payload();
  return response;
}

asio::awaitable<void> session(beast::tcp_stream stream, const std::string& body) {
  beast::flat_buffer buffer;
  while (true) {
    Request request;
    boost::system::error_code error;
    co_await http::async_read(stream, buffer, request,
                              asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    const Response response = answer(request, body);
    co_await http::async_write(stream, response, asio::redirect_error(asio::use_awaitable, error));
    if (error || !response.keep_alive()) co_return;
  }
}

asio::awaitable<void> listen(unsigned short port, const std::string& body) {
  const tcp::endpoint endpoint{asio::ip::address_v4::loopback(), port};
  const auto executor = co_await asio::this_coro::executor;
  tcp::acceptor acceptor{executor, endpoint};
  while (true) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    socket.set_option(tcp::no_delay{true});
    beast::tcp_stream stream{std::move(socket)};
    asio::co_spawn(acceptor.get_executor(), session(std::move(stream), body), asio::detached);
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    std::fprintf(stderr, "usage: bench_beast <port> <body>\n");
    return 2;
  }
  const auto port = static_cast<unsigned short>(std::strtoul(arguments[1], nullptr, 10));
  const std::string body = arguments[2];
  asio::io_context loop{1};
  asio::co_spawn(loop, listen(port, body), asio::detached);
  loop.run();
}
