#include "net/response_writer.hpp"

#include <gtest/gtest.h>

namespace slipway::net {
namespace {

std::string headOf(const Response& response, Framing framing = {}) {
  base::TextBuffer out;
  appendHead(out, response, framing, "D");
  return std::string(out.view());
}

TEST(ResponseWriter, WritesTheHead) {
  Response response;
  response.body = "{}";
  response.addHeader("A", "b");
  EXPECT_EQ(headOf(response),
            "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Type: application/json\r\n"
            "Content-Length: 2\r\nA: b\r\n\r\n");
}

TEST(ResponseWriter, SaysWhatBecomesOfTheConnection) {
  const Response response;
  EXPECT_NE(headOf(response, {.close = true}).find("\r\nConnection: close\r\n"), std::string::npos);
  EXPECT_NE(headOf(response, {.version = 10}).find("\r\nConnection: keep-alive\r\n"),
            std::string::npos);
  EXPECT_EQ(headOf(response).find("Connection"), std::string::npos);
}

TEST(ResponseWriter, GivesNoLengthWhereThereIsNoBody) {
  for (const unsigned status : {204U, 304U}) {
    Response response(status);
    response.body = "ignored";
    base::TextBuffer out;
    EXPECT_FALSE(appendHead(out, response, {}, "D"));
    EXPECT_EQ(out.view().find("Content-"), std::string::npos);
  }
}

TEST(ResponseWriter, AnswersHeadAsGetWithoutTheBody) {
  Response response;
  response.body = "{}";
  base::TextBuffer out;
  EXPECT_FALSE(appendHead(out, response, {.headersOnly = true}, "D"));
  EXPECT_NE(out.view().find("Content-Length: 2\r\n"), std::string::npos);
}

TEST(ResponseWriter, KnowsTheReasons) {
  EXPECT_EQ(reasonPhrase(404), "Not Found");
  EXPECT_EQ(reasonPhrase(422), "Unprocessable Entity");
  EXPECT_EQ(reasonPhrase(431), "Request Header Fields Too Large");
  EXPECT_EQ(reasonPhrase(299), "");
}

TEST(HttpDate, IsTheFixedFormatInGmt) {
  HttpDate date;
  const std::chrono::system_clock::time_point time(std::chrono::seconds(784111777));
  EXPECT_EQ(date.at(time), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(date.at(time + std::chrono::milliseconds(999)), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(date.at(time + std::chrono::seconds(1)), "Sun, 06 Nov 1994 08:49:38 GMT");
}

}  // namespace
}  // namespace slipway::net
