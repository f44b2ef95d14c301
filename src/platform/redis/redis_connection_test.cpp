// A connection against a server that misbehaves: a plain socket that this test holds.
#include "platform/redis/redis_connection.hpp"

#include <gtest/gtest.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/write.hpp>

#include "platform/test_support.hpp"

namespace slipway::platform {
namespace {

namespace asio = net::asio;
using asio::ip::tcp;
using slipway::testing::run;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

class RedisConnectionTest : public ::testing::Test {
 protected:
  void connect() {
    tcp::acceptor acceptor(loop_, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    RedisSocket socket(loop_);
    socket.connect(acceptor.local_endpoint());
    acceptor.accept(server_);
    connection_ = std::make_shared<RedisConnection>(std::move(socket), options_);
    connection_->start([this](std::string_view reason) { closed_ = reason; });
  }
  void send(const std::string& word) {
    const std::array<std::string_view, 1> arguments{word};
    connection_->send(arguments, [this](const RedisReply& reply) {
      replies_.emplace_back((reply.failed() ? "!" : "") + std::string(reply.text()));
    });
  }
  void answer(const std::string& bytes) { asio::write(server_, asio::buffer(bytes)); }
  void runUntilReplies(std::size_t count) {
    const auto deadline = steady_clock::now() + std::chrono::seconds(20);
    loop_.restart();
    while (replies_.size() < count && steady_clock::now() < deadline) {
      loop_.run_one_for(milliseconds(5));
    }
    ASSERT_EQ(replies_.size(), count);
  }

  asio::io_context loop_;
  tcp::socket server_{loop_};
  RedisOptions options_{.timeout = milliseconds(5000)};
  std::shared_ptr<RedisConnection> connection_;
  std::vector<std::string> replies_;
  std::string closed_;
};

TEST_F(RedisConnectionTest, CommandsOfOneTurnLeaveInOneWrite) {
  connect();
  for (const char* word : {"A", "B", "C"}) send(word);
  loop_.restart();
  loop_.poll();
  std::array<char, 1000> bytes;
  const auto count = server_.read_some(asio::buffer(bytes));
  const std::string seen(bytes.data(), count);
  EXPECT_NE(seen.find("*1\r\n$1\r\nA\r\n*1\r\n$1\r\nB\r\n*1\r\n$1\r\nC\r\n"), std::string::npos);
  const bool pinged = seen.find("PING") < seen.find("\r\nA");
  const std::string pong = pinged ? "+PONG\r\n" : "";
  answer(pong + "+a\r\n$1\r\nb\r\n-ERR c\r\n");
  runUntilReplies(3);
  EXPECT_EQ(replies_, (std::vector<std::string>{"a", "b", "!ERR c"}));
}

TEST_F(RedisConnectionTest, ASilentServerFailsAllThatWaitAtOnce) {
  options_.timeout = milliseconds(100);
  connect();
  for (int i = 0; i < 10; ++i) send("A");
  const auto began = steady_clock::now();
  runUntilReplies(10);
  EXPECT_GE(steady_clock::now() - began, milliseconds(90));
  EXPECT_EQ(replies_[9], "!no answer within 100 ms");
  EXPECT_EQ(closed_, "no answer within 100 ms");
  EXPECT_TRUE(connection_->closed());
  send("A");
  runUntilReplies(11);
  EXPECT_EQ(replies_[10], "!the connection is closed");
}

TEST_F(RedisConnectionTest, WhatIsNotTheProtocolEndsIt) {
  connect();
  send("A");
  answer("HTTP/1.1 400 Bad Request\r\n\r\n");
  runUntilReplies(1);
  EXPECT_EQ(closed_, "what came is not Redis' protocol");
}

TEST_F(RedisConnectionTest, AnAnswerToNoCommandEndsIt) {
  connect();
  loop_.restart();
  loop_.poll();  // sends the first PING
  answer("+PONG\r\n+PONG\r\n");
  const auto deadline = steady_clock::now() + std::chrono::seconds(20);
  while (closed_.empty() && steady_clock::now() < deadline) loop_.run_one_for(milliseconds(5));
  EXPECT_EQ(closed_, "an answer to no command");
}

TEST_F(RedisConnectionTest, TheOtherSidesEndFailsWhatWaits) {
  connect();
  send("A");
  server_.close();
  runUntilReplies(1);
  EXPECT_TRUE(connection_->closed());
  EXPECT_FALSE(closed_.empty());
}

TEST_F(RedisConnectionTest, TheQueueIsBounded) {
  options_.maxPending = 5;
  options_.timeout = milliseconds(200);
  connect();
  for (int i = 0; i < 8; ++i) send("A");
  runUntilReplies(3);
  EXPECT_EQ(replies_[0], "!too many commands are waiting");
  EXPECT_FALSE(connection_->closed());
  runUntilReplies(8);
}

TEST_F(RedisConnectionTest, MoreThanTheSocketTakesIsSentLater) {
  connect();
  const std::string large(8 * 1024 * 1024, 'x');
  send(large);
  std::size_t seen = 0;
  std::array<char, 65536> bytes;
  loop_.restart();
  server_.non_blocking(true);
  const auto deadline = steady_clock::now() + std::chrono::seconds(20);
  while (seen < large.size() && steady_clock::now() < deadline) {
    loop_.poll();
    boost::system::error_code ec;
    seen += server_.read_some(asio::buffer(bytes), ec);
  }
  EXPECT_GE(seen, large.size());
}

}  // namespace
}  // namespace slipway::platform
