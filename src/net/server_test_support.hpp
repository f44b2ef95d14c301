// What the server's tests share: a Server on loopback with a loop and thread of its own, a handler
// that tells what it was asked, and a client of raw blocking sockets (a read that takes longer than
// 20 s fails). For tests only.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdlib>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "net/connection_limits.hpp"
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
      : limits(total, perAddress), handler(loop_), server_(loop_, handler, local(options), limits) {
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

struct Answer {
  int status = 0;  // 0: the connection ended instead
  std::string head;
  std::string body;
  bool hasHeader(std::string_view line) const {
    return head.find("\r\n" + std::string(line) + "\r\n") != std::string::npos;
  }
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval limit{.tv_sec = 20, .tv_usec = 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~RawClient() { ::close(socket_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool send(std::string_view text) {
    while (!text.empty()) {
      const auto sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void finishSending() { ::shutdown(socket_, SHUT_WR); }
  int descriptor() const { return socket_; }

  /// The next answer; `headOnly` for the answer to a HEAD request.
  Answer read(bool headOnly = false) {
    Answer answer;
    std::size_t end = 0;
    while ((end = pending_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) return {};
    }
    answer.head = pending_.substr(0, end + 2);
    pending_.erase(0, end + 4);
    answer.status = std::atoi(answer.head.c_str() + 9);
    const auto length = answer.head.find("\r\nContent-Length: ");
    if (headOnly || length == std::string::npos) return answer;
    const auto size = std::strtoul(answer.head.c_str() + length + 18, nullptr, 10);
    while (pending_.size() < size) {
      if (!receive()) return {};
    }
    answer.body = pending_.substr(0, size);
    pending_.erase(0, size);
    return answer;
  }

  /// Whether the server ends the connection without another byte.
  bool isClosed() { return pending_.empty() && !receive() && !timedOut_; }

 private:
  bool receive() {
    char buffer[16384];
    const auto count = ::recv(socket_, buffer, sizeof buffer, 0);
    timedOut_ = count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    if (timedOut_) ADD_FAILURE() << "nothing came";
    if (count <= 0) return false;
    pending_.append(buffer, static_cast<std::size_t>(count));
    return true;
  }

  int socket_;
  std::string pending_;
  bool timedOut_ = false;
};

}  // namespace slipway::net::testing
