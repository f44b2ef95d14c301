// What is refused: 400 and close for whatever two readers could understand differently (RFC 9112
// sections 2.2, 3.2, 5, 6, 7.1 and 11.2), and what is beyond a limit.
#include <vector>

#include "net/server_test_support.hpp"

namespace slipway::net {
namespace {

using namespace std::string_view_literals;
using testing::RawClient;
using testing::TestServer;

constexpr std::string_view kSmuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

/// What the server says to `request`, which must end the connection.
int statusOfRefused(TestServer& server, std::string_view request) {
  RawClient client(server.port());
  client.send(request);
  client.send(kSmuggled);
  const auto answer = client.read();
  EXPECT_TRUE(answer.hasHeader("Connection: close")) << request;
  EXPECT_TRUE(client.isClosed()) << request;
  return answer.status;
}

void expectBadHeads(const std::vector<std::string_view>& fields) {
  TestServer server;
  for (const auto field : fields) {
    const auto request = "POST /a HTTP/1.1\r\nHost: x\r\n" + std::string(field) + "\r\n\r\n";
    EXPECT_EQ(statusOfRefused(server, request), 400) << field;
  }
}

void expectBadBodies(const std::vector<std::string_view>& bodies) {
  TestServer server;
  for (const auto body : bodies) {
    const auto request =
        "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(body);
    EXPECT_EQ(statusOfRefused(server, request), 400) << body;
  }
}

TEST(ServerRefuses, ContentLengthWithTransferEncoding) {
  expectBadHeads({"Content-Length: 5\r\nTransfer-Encoding: chunked",
                  "Transfer-Encoding: chunked\r\nContent-Length: 5"});
}

TEST(ServerRefuses, DifferingRepeatedOrMalformedLengths) {
  expectBadHeads({"Content-Length: 5\r\nContent-Length: 6",
                  "Content-Length: 5\r\nContent-Length: 5", "Content-Length: 5, 6",
                  "Content-Length: 5, 5", "Content-Length: +5", "Content-Length: -5",
                  "Content-Length: 0x5", "Content-Length: 5a", "Content-Length: 5 5",
                  "Content-Length:", "Content-Length: 18446744073709551616"});
}

TEST(ServerRefuses, TransferEncodingOtherThanChunked) {
  expectBadHeads({"Transfer-Encoding: identity", "Transfer-Encoding: gzip, chunked",
                  "Transfer-Encoding: chunked, chunked", "Transfer-Encoding: xchunked",
                  "Transfer-Encoding: \"chunked\"", "Transfer-Encoding: chunked;q=1",
                  "Transfer-Encoding:", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                  "Transfer-Encoding: \vchunked"});
}

TEST(ServerRefuses, ChunkedFromAnOldClient) {
  TestServer server;
  EXPECT_EQ(statusOfRefused(server,
                            "POST /a HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                            "0\r\n\r\n"),
            400);
}

TEST(ServerRefuses, BadChunkSizes) {
  expectBadBodies({"-1\r\na\r\n", "+1\r\na\r\n", "0x1\r\na\r\n0\r\n\r\n", " 1\r\na\r\n", "\r\n",
                   "g\r\na\r\n", "1 \r\na\r\n", "10000000000000001\r\na\r\n", "1\na\n0\n\n\r\n",
                   "1_0\r\na\r\n", "1,\r\na\r\n"});
}

TEST(ServerRefuses, ChunksNotEndedAsTheirSizeSays) {
  expectBadBodies(
      {"1\r\nab\r\n0\r\n\r\n", "2\r\na\r\n0\r\n\r\n\r\n", "1\r\na0\r\n\r\n", "1\r\na\n0\r\n\r\n"});
}

TEST(ServerRefuses, ChunkExtensionsThatHideALineEnd) {
  expectBadBodies({"1;\r\na\r\n", "1;a\n\r\na\r\n", "1;a=\"\n\"\r\na\r\n", "1;a\rb\r\na\r\n",
                   "1;a=\"\\\n\"\r\na\r\n"});
}

TEST(ServerRefuses, BadTrailers) {
  expectBadBodies({"0\r\nBad Name: x\r\n\r\n", "0\r\nContent-Length: 5\r\n\r\n",
                   "0\r\nTransfer-Encoding: chunked\r\n\r\n", "0\r\nA: \0\r\n\r\n"sv});
}

TEST(ServerRefuses, SpaceBeforeTheColonAndBadNames) {
  expectBadHeads({"Content-Length : 5", "Content-Length\t: 5", "A b: c", ": empty", "Only-a-name",
                  "A\x80: b", " Leading: x"});
}

TEST(ServerRefuses, FoldedLines) {
  expectBadHeads({"A: b\r\n c", "A:\r\n b", "A: \r\n\tb", "A:\r\n \r\n b", "A:\r\n ",
                  "Transfer-Encoding:\r\n chunked", "Transfer-Encoding: \r\n\tchunked",
                  "Content-Length:\r\n 5"});
}

TEST(ServerRefuses, BareLineEndsAndNul) {
  expectBadHeads({"A: b\nC: d", "A: b\rC: d", "A: b\r", "A: \0b"sv, "A\0: b"sv, "A: \x7F"});
  TestServer server;
  for (const auto request :
       {"GET / HTTP/1.1\nHost: x\n\n"sv, "GET / HTTP/1.1\r\nHost: x\n\r\n"sv,
        "GET / HTTP/1.1\rHost: x\r\n\r\n"sv, "GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n"sv,
        "\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"sv}) {
    EXPECT_EQ(statusOfRefused(server, request), 400) << request;
  }
}

TEST(ServerRefuses, MissingRepeatedOrMalformedHost) {
  TestServer server;
  EXPECT_EQ(statusOfRefused(server, "GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(statusOfRefused(server, "GET / HTTP/1.0\r\nHost: x\r\nHost: x\r\n\r\n"), 400);
  expectBadHeads({"Host: x", "hOST: y"});
  for (const auto host : {"a b"sv, "a/b"sv, "a@b"sv, "a\\b"sv, "a?b"sv, "\xC3\xA9"sv}) {
    const auto request = "GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n";
    EXPECT_EQ(statusOfRefused(server, request), 400) << host;
  }
}

TEST(ServerRefuses, BadRequestLines) {
  TestServer server;
  for (const auto line : {"GET  / HTTP/1.1"sv, "GET /"sv, "GET / HTTP/1.1 "sv, "GET\t/ HTTP/1.1"sv,
                          "GET / http/1.1"sv, "GET / HTTP/11"sv, "G@T / HTTP/1.1"sv,
                          "GET a HTTP/1.1"sv, " GET / HTTP/1.1"sv, "GET /a b HTTP/1.1"sv,
                          "\x16\x03\x01"sv, "CONNECT h:1 HTTP/1.1"sv, "GET ftp://h/ HTTP/1.1"sv}) {
    EXPECT_EQ(statusOfRefused(server, std::string(line) + "\r\nHost: x\r\n\r\n"), 400) << line;
  }
}

TEST(ServerRefuses, OtherVersions) {
  TestServer server;
  EXPECT_EQ(statusOfRefused(server, "GET / HTTP/2.0\r\nHost: x\r\n\r\n"), 505);
  EXPECT_EQ(statusOfRefused(server, "GET / HTTP/1.2\r\nHost: x\r\n\r\n"), 505);
  EXPECT_EQ(statusOfRefused(server, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505);
}

TEST(ServerRefuses, OtherExpectations) {
  TestServer server;
  EXPECT_EQ(statusOfRefused(server, "GET / HTTP/1.1\r\nHost: x\r\nExpect: a-miracle\r\n\r\n"), 417);
}

TEST(ServerRefuses, TooLongTargetsAndHeads) {
  TestServer server({.maxHeaderBytes = 4096, .maxTargetBytes = 100});
  const std::string path(200, 'a');
  EXPECT_EQ(statusOfRefused(server, "GET /" + path + " HTTP/1.1\r\nHost: x\r\n\r\n"), 414);
  EXPECT_EQ(statusOfRefused(server, "GET /" + std::string(5000, 'a')), 414);
  const std::string field = "A: " + std::string(4096, 'b') + "\r\n";
  EXPECT_EQ(statusOfRefused(server, "GET / HTTP/1.1\r\nHost: x\r\n" + field + "\r\n"), 431);
  RawClient slow(server.port());
  for (const char c : "GET / HTTP/1.1\r\n"sv) slow.send({&c, 1});
  slow.send(field);
  EXPECT_EQ(slow.read().status, 431);
}

TEST(ServerRefuses, TooLargeBodies) {
  TestServer server({.maxBodyBytes = 10});
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\n";
  EXPECT_EQ(statusOfRefused(server, head + "Content-Length: 11\r\n\r\n"), 413);
  const std::string chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(statusOfRefused(server, chunked + "B\r\n"), 413);
  EXPECT_EQ(statusOfRefused(server, chunked + "FFFFFFFFFFFFFFFF\r\n"), 413);
  EXPECT_EQ(statusOfRefused(server, chunked + "6\r\n123456\r\n5\r\n12345\r\n"), 413);
  RawClient client(server.port());
  client.send(chunked + "6\r\n123456\r\n4\r\n1234\r\n0\r\n\r\n");
  EXPECT_EQ(client.read().body, "POST / [1234561234]");
}

TEST(ServerRefuses, EndlessChunkExtensionsAndTrailers) {
  TestServer server;
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(statusOfRefused(server, head + "1;" + std::string(100'000, 'a')), 400);
  EXPECT_EQ(statusOfRefused(server, head + "0\r\nA: " + std::string(100'000, 'a')), 400);
}

TEST(ServerRefuses, BodiesBeyondWhatALoopHoldsOfAll) {
  TestServer server({.maxBufferedBytes = 100});
  RawClient first(server.port());
  first.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 90\r\n\r\n" + std::string(80, 'a'));
  RawClient second(server.port());
  while (true) {  // until the first one's bytes have been read
    RawClient other(server.port());
    other.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 30\r\n\r\n" + std::string(30, 'b'));
    if (other.read().status == 503) break;
  }
  first.send(std::string(10, 'a'));
  EXPECT_EQ(first.read().status, 200);
  second.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 30\r\n\r\n" + std::string(30, 'b'));
  EXPECT_EQ(second.read().status, 200);
}

TEST(ServerRefuses, ConnectionsBeyondTheLimits) {
  TestServer server({}, 2);
  RawClient first(server.port());
  first.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(first.read().status, 200);
  auto second = std::make_unique<RawClient>(server.port());
  second->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(second->read().status, 200);
  RawClient third(server.port());
  EXPECT_EQ(third.read().status, 503);  // before it asks
  EXPECT_TRUE(third.isClosed());
  second.reset();
  while (server.limits.open() > 1) std::this_thread::yield();
  RawClient fourth(server.port());
  fourth.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(fourth.read().status, 200);
}

TEST(ServerRefuses, ConnectionsOfOneAddressBeyondItsShare) {
  TestServer server({}, 10, 1);
  RawClient first(server.port());
  first.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(first.read().status, 200);
  RawClient second(server.port());
  EXPECT_EQ(second.read().status, 429);
  EXPECT_TRUE(second.isClosed());
}

}  // namespace
}  // namespace slipway::net
