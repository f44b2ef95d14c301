// A client of raw blocking sockets, for tests that care about every byte; a read that takes longer
// than 20 s fails. For tests only.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace slipway::net::testing {

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
