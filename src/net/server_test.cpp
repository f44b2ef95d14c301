// What a well-behaved client may expect of a connection (RFC 9112).
#include "net/server.hpp"

#include "net/server_test_support.hpp"

namespace slipway::net {
namespace {

using testing::RawClient;
using testing::TestServer;

TEST(Server, AnswersOverOneConnectionAgainAndAgain) {
  TestServer server;
  RawClient client(server.port());
  for (int i = 0; i < 3; ++i) {
    client.send("GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto answer = client.read();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "GET /a?b=c []");
    EXPECT_FALSE(answer.hasHeader("Connection: close"));
  }
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  TestServer server;
  RawClient client(server.port());
  std::string requests;
  constexpr int kRequests = 1000;
  for (int i = 0; i < kRequests; ++i) {
    requests +=
        "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab";
  }
  std::thread sender([&] { client.send(requests); });
  for (int i = 0; i < kRequests; ++i) {
    EXPECT_EQ(client.read().body, "POST /" + std::to_string(i) + " [ab]");
  }
  sender.join();
}

TEST(Server, KeepsWhatFollowsABodyForTheNextRequest) {
  TestServer server;
  RawClient client(server.port());
  client.send("POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3");
  client.send("\r\nabc\r\n0\r\n\r\nGET /b HTTP/1.1\r\nHo");
  EXPECT_EQ(client.read().body, "POST /a [abc]");
  client.send("st: x\r\n\r\n");
  EXPECT_EQ(client.read().body, "GET /b []");
}

TEST(Server, ReadsARequestSplitAtEveryByte) {
  const std::string request =
      "\r\nPOST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;ext=\"v\"\r\nhello\r\nA\r\n, world...\r\n0\r\nX-Trailer: t\r\n\r\n";
  TestServer server;
  RawClient client(server.port());
  for (std::size_t i = 1; i < request.size(); ++i) {
    client.send(request.substr(0, i));
    server.onLoop([](Server&) { return true; });  // so that it may have seen the first part
    client.send(request.substr(i));
    EXPECT_EQ(client.read().body, "POST /a [hello, world...]") << i;
  }
  for (const char c : request) client.send({&c, 1});
  EXPECT_EQ(client.read().body, "POST /a [hello, world...]");
}

TEST(Server, AnswersHeadWithTheLengthButNoBody) {
  TestServer server;
  RawClient client(server.port());
  client.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto head = client.read(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_TRUE(head.hasHeader("Content-Length: 10"));
  EXPECT_EQ(client.read().body, "GET /b []");
}

TEST(Server, InvitesABodyThatWaitsForIt) {
  TestServer server;
  RawClient client(server.port());
  client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n");
  EXPECT_EQ(client.read().status, 100);
  client.send("abc");
  EXPECT_EQ(client.read().body, "POST /a [abc]");
}

TEST(Server, DoesNotInviteABodyThatIsThereOrTooLargeOrOfAnOldClient) {
  TestServer server({.maxBodyBytes = 10});
  const std::string expect = "Host: x\r\nExpect: 100-continue\r\nContent-Length: ";
  RawClient there(server.port());
  there.send("POST /a HTTP/1.1\r\n" + expect + "3\r\n\r\nabc");
  EXPECT_EQ(there.read().status, 200);
  RawClient large(server.port());
  large.send("POST /a HTTP/1.1\r\n" + expect + "11\r\n\r\n");
  EXPECT_EQ(large.read().status, 413);
  EXPECT_TRUE(large.isClosed());
  RawClient old(server.port());
  old.send("POST /a HTTP/1.0\r\n" + expect + "3\r\n\r\n");
  server.onLoop([](Server&) { return true; });
  old.send("abc");
  EXPECT_EQ(old.read().status, 200);
}

TEST(Server, ClosesWhenAskedTo) {
  TestServer server;
  RawClient client(server.port());
  client.send("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(client.read().hasHeader("Connection: close"));
  EXPECT_TRUE(client.isClosed());
}

TEST(Server, KeepsAnOldClientsConnectionOnlyWhenItAsks) {
  TestServer server;
  RawClient client(server.port());
  client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_TRUE(client.read().hasHeader("Connection: keep-alive"));
  client.send("GET /b HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(client.read().hasHeader("Connection: close"));
  EXPECT_TRUE(client.isClosed());
}

TEST(Server, AnswersAClientThatHasFinishedSending) {
  TestServer server;
  RawClient client(server.port());
  client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  client.finishSending();
  EXPECT_EQ(client.read().status, 200);
  EXPECT_TRUE(client.isClosed());
}

TEST(Server, SendsALargeStaticBodyWhole) {
  TestServer server;
  RawClient client(server.port());
  client.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.read().body, testing::TellingHandler::large());
  EXPECT_EQ(client.read().body, "GET /b []");
}

TEST(Server, DecodesThePathAndTakesTheAbsoluteForm) {
  TestServer server;
  RawClient client(server.port());
  client.send("GET http://h/%61%2F?q=%20 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.read().body, "GET /a/?q=%20 []");
}

TEST(Server, SaysWhereItCannotListen) {
  asio::io_context loop;
  testing::TellingHandler handler(loop);
  ConnectionLimits limits(1, 0);
  try {
    const Server server(loop, handler, {.host = "192.0.2.1", .port = 0}, limits);
    FAIL();
  } catch (const std::system_error& error) {
    EXPECT_NE(std::string(error.what()).find("192.0.2.1:0"), std::string::npos);
  }
}

}  // namespace
}  // namespace slipway::net
