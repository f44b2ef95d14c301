// What the server's tests share: a Server on loopback with a loop and thread of its own, and a
// handler that tells what it was asked. For tests only.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "net/connection_limits.hpp"
#include "net/raw_client_test_support.hpp"
#include "net/server.hpp"

namespace slipway::net::testing {

/// Answers `METHOD path?query [body]`; a refusal its detail. `/large` has a static body of 8 MiB,
/// `/wait` answers when its loop is told to release it.
class TellingHandler : public RequestHandler {
 public:
  explicit TellingHandler(asio::io_context& loop) : gate_(loop) { gate_.expires_at(Gate::max()); }

  Task<Response> handle(Request& request) override {
    Response response;
    response.contentType = "text/plain";
    if (request.rejection) {
      response.status = request.rejection->status;
      response.body = request.rejection->detail;
      co_return response;
    }
    if (request.path == "/large") {
      response.staticBody = large();
      co_return response;
    }
    if (request.path == "/wait") {
      waiting.set_value();
      boost::system::error_code released;
      co_await gate_.async_wait(asio::redirect_error(useTask, released));
    }
    response.body.append(request.methodName).append(" ").append(request.path);
    if (!request.query.empty()) response.body.append("?").append(request.query);
    response.body.append(" [").append(request.body).append("]");
    co_return response;
  }

  static std::string_view large() {
    static const std::string text(8 * 1024 * 1024, 'x');
    return text;
  }
  void release() { gate_.cancel(); }

  std::promise<void> waiting;  // set when `/wait` is being handled

 private:
  using Gate = std::chrono::steady_clock::time_point;
  asio::steady_timer gate_;
};

/// Members in the order in which they must be destroyed.
class TestServer {
 public:
  explicit TestServer(ServerOptions options = {}, std::size_t total = 1000,
                      std::size_t perAddress = 0)
      : limits(total, perAddress),
        handler(loop_),
        server_(loop_, handler, local(std::move(options)), limits) {
    server_.start();
    thread_ = std::thread([this] {
      const auto guard = asio::make_work_guard(loop_);
      loop_.run();
    });
  }
  ~TestServer() {
    loop_.stop();
    thread_.join();
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  std::uint16_t port() const { return server_.port(); }

  /// Runs `action` on the loop and returns what it returns.
  template <typename Action>
  auto onLoop(Action action) {
    std::packaged_task<std::invoke_result_t<Action, Server&>()> task(
        [&] { return action(server_); });
    auto result = task.get_future();
    asio::post(loop_, [&task] { task(); });
    return result.get();
  }

 private:
  static ServerOptions local(ServerOptions options) {
    options.host = "127.0.0.1";
    options.port = 0;
    return options;
  }

 public:
  ConnectionLimits limits;

 private:
  asio::io_context loop_{1};

 public:
  TellingHandler handler;

 private:
  Server server_;
  std::thread thread_;
};

}  // namespace slipway::net::testing
