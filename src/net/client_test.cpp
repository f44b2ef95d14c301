#include "net/client.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <optional>

namespace slipway::net {
namespace {

using tcp = asio::ip::tcp;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;
using Fetched = std::expected<ClientResponse, std::string>;

/// Answers one connection with fixed bytes and keeps what it was sent.
class Peer {
 public:
  explicit Peer(asio::io_context& loop)
      : acceptor_(loop.get_executor(), tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {}

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  const std::string& received() const { return received_; }

  Task<> answerWith(std::string answer) {
    Socket socket = co_await acceptor_.async_accept(useTask);
    boost::system::error_code ec;
    co_await asio::async_read_until(socket, asio::dynamic_buffer(received_), "\r\n\r\n",
                                    asio::redirect_error(useTask, ec));
    co_await asio::async_write(socket, asio::buffer(answer), asio::redirect_error(useTask, ec));
    if (answer.empty()) {  // hold the connection until the client gives up
      std::string more(1, '\0');
      co_await asio::async_read(socket, asio::buffer(more), asio::redirect_error(useTask, ec));
    }
  }

 private:
  Acceptor acceptor_;
  std::string received_;
};

class ClientTest : public testing::Test {
 protected:
  Fetched fetchFromPeer(ClientRequest request, std::string answer) {
    asio::co_spawn(loop_, peer_.answerWith(std::move(answer)), asio::detached);
    request.host = "127.0.0.1";
    request.port = peer_.port();
    return run(std::move(request));
  }

  Fetched run(ClientRequest request) {
    std::optional<Fetched> result;
    asio::co_spawn(loop_, fetch(std::move(request)),
                   [&](std::exception_ptr, Fetched fetched) { result = std::move(fetched); });
    while (!result) loop_.run_one();
    return *result;
  }

  asio::io_context loop_{1};
  Peer peer_{loop_};
};

TEST_F(ClientTest, ReturnsStatusAndBodyOfAnyAnswer) {
  const auto got = fetchFromPeer({.target = "/health"},
                                 "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno");
  ASSERT_TRUE(got) << got.error();
  EXPECT_EQ(got->status, 503u);
  EXPECT_EQ(got->body, "no");
  EXPECT_TRUE(peer_.received().starts_with("GET /health HTTP/1.1\r\nHost: 127.0.0.1:"));
}

TEST_F(ClientTest, SendsABodyWithItsType) {
  const auto got = fetchFromPeer(
      {.method = "POST", .target = "/v1", .contentType = "application/json", .body = "{}"},
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  ASSERT_TRUE(got) << got.error();
  EXPECT_NE(peer_.received().find("Content-Type: application/json\r\n"), std::string::npos);
  EXPECT_NE(peer_.received().find("Content-Length: 2\r\n"), std::string::npos);
}

TEST_F(ClientTest, GivesUpOnAPeerThatSaysNothing) {
  const auto got = fetchFromPeer({.timeout = std::chrono::milliseconds(50)}, "");
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error(), "receive: timed out");
}

TEST_F(ClientTest, RefusesAnAnswerThatIsTooLarge) {
  const auto got =
      fetchFromPeer({.maxBodyBytes = 4}, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n12345");
  ASSERT_FALSE(got);
  EXPECT_TRUE(got.error().starts_with("receive: ")) << got.error();
}

TEST_F(ClientTest, RefusesWhatIsNoHttp) {
  const auto got = fetchFromPeer({}, "SSH-2.0-OpenSSH\r\n\r\n");
  ASSERT_FALSE(got);
}

TEST_F(ClientTest, SaysThatNobodyListens) {
  std::uint16_t port = 0;
  {
    const Peer gone(loop_);
    port = gone.port();
  }
  const auto got = run({.host = "127.0.0.1", .port = port});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error(), "connect: Connection refused");
}

TEST_F(ClientTest, LooksUpNames) {
  asio::co_spawn(loop_, peer_.answerWith("HTTP/1.1 204 No Content\r\n\r\n"), asio::detached);
  const auto got = run({.host = "localhost", .port = peer_.port()});
  ASSERT_TRUE(got) << got.error();
  EXPECT_EQ(got->status, 204u);
}

}  // namespace
}  // namespace slipway::net
