#include "net/client.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <optional>

namespace slipway::net {
namespace {

using tcp = asio::ip::tcp;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;

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
    loop_.restart();
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

TEST_F(ClientTest, SendsHeadersAndTellsThoseOfTheAnswer) {
  const auto got =
      fetchFromPeer({.method = "DELETE", .headers = {{"X-One", "1"}, {"user-agent", "mine"}}},
                    "HTTP/1.1 200 OK\r\nX-Two: a\r\nx-two: b\r\nContent-Length: 0\r\n\r\n");
  ASSERT_TRUE(got) << got.error();
  ASSERT_NE(got->header("x-TWO"), nullptr);
  EXPECT_EQ(*got->header("x-TWO"), "a");
  EXPECT_EQ(got->headers.size(), 3u);
  EXPECT_EQ(got->header("X-Three"), nullptr);
  EXPECT_FALSE(got->tls);
  EXPECT_TRUE(peer_.received().starts_with("DELETE / HTTP/1.1\r\n")) << peer_.received();
  EXPECT_NE(peer_.received().find("X-One: 1\r\n"), std::string::npos);
  EXPECT_NE(peer_.received().find("user-agent: mine\r\n"), std::string::npos);
  EXPECT_EQ(peer_.received().find("User-Agent"), std::string::npos);
  EXPECT_NE(peer_.received().find("Content-Length: 0\r\n"), std::string::npos);
}

TEST_F(ClientTest, SendsNothingThatSplitsARequest) {
  for (const ClientRequest& request : std::initializer_list<ClientRequest>{
           {.host = "127.0.0.1", .target = "/ HTTP/1.1\r\nX: y"},
           {.host = "127.0.0.1", .target = "/a b"},
           {.host = "127.0.0.1", .headers = {{"X", "1\r\nY: 2"}}}}) {
    const auto got = run(request);
    ASSERT_FALSE(got);
    EXPECT_TRUE(got.error().starts_with("send: ")) << got.error();
  }
}

TEST_F(ClientTest, HandsALongBodyOnInPieces) {
  std::string received;
  std::size_t longest = 0;
  const std::string body(3'000'000, 'x');
  const auto got = fetchFromPeer(
      {.maxBodyBytes = 10,
       .onBody =
           [&](std::string_view piece) {
             longest = std::max(longest, piece.size());
             received.append(piece);
             return true;
           }},
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2dc6c0\r\n" + body + "\r\n0\r\n\r\n");
  ASSERT_TRUE(got) << got.error();
  EXPECT_EQ(received, body);
  EXPECT_LT(longest, 1'000'000u);
  EXPECT_EQ(got->body, "");
}

TEST_F(ClientTest, KeepsTheBodyOfAnErrorForItsMessage) {
  const auto got = fetchFromPeer({.onBody = [](std::string_view) { return false; }},
                                 "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno");
  ASSERT_TRUE(got) << got.error();
  EXPECT_EQ(got->body, "no");
}

TEST_F(ClientTest, StopsWhenTheBodyIsWantedNoMore) {
  const auto got = fetchFromPeer({.onBody = [](std::string_view) { return false; }},
                                 "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n12345");
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error(), "receive: stopped");
}

TEST_F(ClientTest, NoticesAnAnswerThatIsCutOff) {
  const auto got = fetchFromPeer({}, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n123");
  ASSERT_FALSE(got);
  EXPECT_TRUE(got.error().starts_with("receive: ")) << got.error();
}

TEST_F(ClientTest, ReadsABodyThatEndsWithTheConnection) {
  const auto got = fetchFromPeer({}, "HTTP/1.0 200 OK\r\n\r\nall of it");
  ASSERT_TRUE(got) << got.error();
  EXPECT_EQ(got->body, "all of it");
}

TEST_F(ClientTest, SkipsInterimAnswersAndWaitsForNoBodyOfHead) {
  const auto got = fetchFromPeer({.method = "HEAD"},
                                 "HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n"
                                 "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
  ASSERT_TRUE(got) << got.error();
  EXPECT_EQ(got->status, 200u);
}

TEST_F(ClientTest, ReservesNothingForALengthThatIsOnlyClaimed) {
  const auto got = fetchFromPeer({.maxBodyBytes = std::size_t{1} << 60},
                                 "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n123");
  ASSERT_FALSE(got);
}

TEST_F(ClientTest, AsksAtAUnixSocket) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("slipway-client-test-" + std::to_string(getpid()) + ".sock");
  std::filesystem::remove(path);
  asio::basic_socket_acceptor<asio::local::stream_protocol, Executor> acceptor(
      loop_.get_executor(), asio::local::stream_protocol::endpoint(path.string()));
  std::string received;
  asio::co_spawn(
      loop_,
      [&]() -> Task<> {
        auto socket = co_await acceptor.async_accept(useTask);
        co_await asio::async_read_until(socket, asio::dynamic_buffer(received), "\r\n\r\n",
                                        useTask);
        const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";
        co_await asio::async_write(socket, asio::buffer(answer), useTask);
      },
      asio::detached);
  const auto got = run({.unixSocket = path.string(), .target = "/_ping"});
  std::filesystem::remove(path);
  ASSERT_TRUE(got) << got.error();
  EXPECT_EQ(got->body, "OK");
  EXPECT_TRUE(received.starts_with("GET /_ping HTTP/1.1\r\nHost: localhost\r\n")) << received;
}

TEST_F(ClientTest, SaysThatNobodyIsAtAUnixSocket) {
  const auto none = run({.unixSocket = "/nonexistent/docker.sock"});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error(), "connect: No such file or directory");
  const auto tooLong = run({.unixSocket = "/" + std::string(200, 'x')});
  ASSERT_FALSE(tooLong);
  EXPECT_NE(tooLong.error().find("path too long"), std::string::npos);
}

}  // namespace
}  // namespace slipway::net
