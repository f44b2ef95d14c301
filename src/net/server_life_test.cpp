// Slow and silent clients, and how a server ends.
#include <poll.h>

#include <chrono>

#include "net/server_test_support.hpp"

namespace slipway::net {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using testing::RawClient;
using testing::TestServer;

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

/// Sends a byte every 10 ms until an answer comes; how long that took.
steady_clock::duration dribble(RawClient& client) {
  const auto start = steady_clock::now();
  pollfd readable{.fd = client.descriptor(), .events = POLLIN, .revents = 0};
  while (::poll(&readable, 1, 10) == 0 && steady_clock::now() - start < 15s) client.send("a");
  return steady_clock::now() - start;
}

TEST(ServerTimeouts, CutOffAHeadThatDribblesIn) {
  TestServer server({.headerTimeout = 300ms, .idleTimeout = 60s});
  RawClient client(server.port());
  client.send("GET /a HTTP/1.1\r\nHost: ");
  EXPECT_LT(dribble(client), 10s);
  const auto answer = client.read();
  EXPECT_EQ(answer.status, 408);
  EXPECT_TRUE(answer.hasHeader("Connection: close"));
}

TEST(ServerTimeouts, CutOffABodyThatDribblesIn) {
  TestServer server({.headerTimeout = 60s, .bodyTimeout = 300ms});
  RawClient client(server.port());
  client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
  EXPECT_LT(dribble(client), 10s);
  EXPECT_EQ(client.read().status, 408);
}

TEST(ServerTimeouts, CountForALaterRequestToo) {
  TestServer server({.headerTimeout = 300ms, .idleTimeout = 60s});
  RawClient client(server.port());
  client.send(std::string(kGet) + "GET /b HT");
  EXPECT_EQ(client.read().status, 200);
  EXPECT_EQ(client.read().status, 408);
}

TEST(ServerTimeouts, CloseWhatSaysNothing) {
  TestServer server({.headerTimeout = 200ms, .idleTimeout = 200ms});
  RawClient fresh(server.port());
  RawClient used(server.port());
  used.send(kGet);
  EXPECT_EQ(used.read().status, 200);
  EXPECT_TRUE(fresh.isClosed());
  EXPECT_TRUE(used.isClosed());
}

TEST(ServerTimeouts, CloseAConnectionThatTakesNothing) {
  TestServer server({.writeTimeout = 200ms});
  RawClient client(server.port());
  client.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
  while (server.limits.open() == 0) std::this_thread::yield();
  while (server.limits.open() > 0) std::this_thread::yield();
}

TEST(ServerLife, AnswersSayCloseOnceItDrains) {
  TestServer server;
  RawClient client(server.port());
  client.send(kGet);
  EXPECT_FALSE(client.read().hasHeader("Connection: close"));
  server.onLoop([](Server& s) { return s.beginDrain(), true; });
  client.send(kGet);
  EXPECT_TRUE(client.read().hasHeader("Connection: close"));
  EXPECT_TRUE(client.isClosed());
}

TEST(ServerLife, FinishesWhatIsUnderWayWhenItStopsAccepting) {
  TestServer server;
  RawClient idle(server.port());
  idle.send(kGet);
  EXPECT_EQ(idle.read().status, 200);
  RawClient sending(server.port());
  sending.send("GET /b HTTP/1.1\r\nHo");
  RawClient waiting(server.port());
  waiting.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  server.handler.waiting.get_future().wait();

  server.onLoop([](Server& s) { return s.stopAccepting(), true; });
  EXPECT_TRUE(idle.isClosed());
  sending.send("st: x\r\n\r\n");
  const auto late = sending.read();
  EXPECT_EQ(late.body, "GET /b []");
  EXPECT_TRUE(late.hasHeader("Connection: close"));
  server.onLoop([&](Server&) { return server.handler.release(), true; });
  EXPECT_EQ(waiting.read().body, "GET /wait []");
  EXPECT_TRUE(waiting.isClosed());
  while (server.limits.open() > 0) std::this_thread::yield();
}

TEST(ServerLife, ServesAConnectionThatCameJustBeforeItStopped) {
  TestServer server;
  std::unique_ptr<RawClient> client;
  server.onLoop([&](Server& s) {
    client = std::make_unique<RawClient>(s.port());  // the kernel accepts while the loop is busy
    client->send(kGet);
    return s.stopAccepting(), true;
  });
  EXPECT_EQ(client->read().body, "GET /a []");
  EXPECT_TRUE(client->isClosed());
}

TEST(ServerLife, ClosesEverythingWhenTold) {
  TestServer server;
  RawClient idle(server.port());
  idle.send(kGet);
  EXPECT_EQ(idle.read().status, 200);
  RawClient waiting(server.port());
  waiting.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  server.handler.waiting.get_future().wait();
  server.onLoop([](Server& s) { return s.closeAll(), true; });
  EXPECT_TRUE(idle.isClosed());
  EXPECT_TRUE(waiting.isClosed());
}

// The sanitizers see to it that nothing leaks or is used after its end.
TEST(ServerLife, EndsWithRequestsUnderWay) {
  TestServer server({.writeTimeout = 60s});
  RawClient idle(server.port());
  RawClient head(server.port());
  head.send("GET /b HTTP/1.1\r\nHo");
  RawClient body(server.port());
  body.send("POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  RawClient unread(server.port());
  unread.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
  RawClient refused(server.port());
  refused.send("BAD\r\n\r\n");
  EXPECT_EQ(refused.read().status, 400);
  RawClient waiting(server.port());
  waiting.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  server.handler.waiting.get_future().wait();
}

TEST(ServerLife, LetsItsLoopEndWhenItIsGone) {
  asio::io_context loop;
  testing::TellingHandler handler(loop);
  ConnectionLimits limits(10, 0);
  auto server = std::make_unique<Server>(loop, handler,
                                         ServerOptions{.host = "127.0.0.1", .port = 0}, limits);
  server->start();
  asio::post(loop, [&] { server.reset(); });
  loop.run();
  EXPECT_EQ(server, nullptr);
}

}  // namespace
}  // namespace slipway::net
