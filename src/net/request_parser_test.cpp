#include "net/request_parser.hpp"

#include <gtest/gtest.h>

namespace slipway::net {
namespace {

class RequestParserTest : public ::testing::Test {
 protected:
  /// Feeds a whole text; the parser keeps what it has read.
  std::size_t feed(std::string_view text) {
    text_ = text;
    return parser_.feed(text_.data(), text_.data(), text_.size());
  }
  std::string_view field(std::size_t index) const { return fields_[index].value.in(text_.data()); }
  unsigned refusal() const { return parser_.rejection() ? parser_.rejection()->status : 0; }

  std::string text_;
  std::vector<FieldSpan> fields_;
  std::string body_;
  RequestParser parser_{fields_, body_, 100};
};

TEST_F(RequestParserTest, GivesTheHeadAsPiecesOfTheBuffer) {
  EXPECT_EQ(feed("PUT /a?b HTTP/1.1\r\nHost: h\r\nEmpty:\r\nX:  y z \t\r\n\r\nrest"), 49U);
  EXPECT_TRUE(parser_.is_done());
  EXPECT_EQ(parser_.method().in(text_.data()), "PUT");
  EXPECT_EQ(parser_.target().in(text_.data()), "/a?b");
  EXPECT_EQ(parser_.httpVersion(), 11U);
  ASSERT_EQ(fields_.size(), 3U);
  EXPECT_EQ(fields_[2].name.in(text_.data()), "X");
  EXPECT_EQ(field(1), "");
  EXPECT_EQ(field(2), "y z");
}

TEST_F(RequestParserTest, SurvivesThatItsBufferMoves) {
  const std::string whole = "GET /path HTTP/1.1\r\nHost: h\r\nA: b\r\n\r\n";
  std::size_t used = 0;
  for (std::size_t size = 1; size <= whole.size(); ++size) {
    text_ = std::string(whole, 0, size);
    std::string copy(text_);  // at another address each time
    used += parser_.feed(copy.data(), copy.data() + used, copy.size() - used);
    EXPECT_FALSE(parser_.rejection()) << size;
  }
  EXPECT_TRUE(parser_.is_done());
  EXPECT_EQ(parser_.target().in(whole.data()), "/path");
  EXPECT_EQ(fields_[1].value.in(whole.data()), "b");
}

TEST_F(RequestParserTest, KnowsTheRequestLineBeforeTheHeadIsWhole) {
  const std::string part = "GET /path HT";
  EXPECT_EQ(parser_.feed(part.data(), part.data(), part.size()), 0U);
  EXPECT_FALSE(parser_.hasStartLine());
  feed("GET /path HTTP/1.1\r\nHo");
  EXPECT_TRUE(parser_.hasStartLine());
  EXPECT_FALSE(parser_.is_header_done());
}

TEST_F(RequestParserTest, SkipsEmptyLinesBeforeARequest) {
  feed("\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(parser_.is_done());
  EXPECT_EQ(parser_.target().in(text_.data()), "/");
}

TEST_F(RequestParserTest, RefusesAtOnceWhatIsNoRequest) {
  feed("\x16\x03\x01");
  EXPECT_EQ(refusal(), 400U);
}

TEST_F(RequestParserTest, NeedsAHostInHttp11Only) {
  feed("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(refusal(), 400U);
}

TEST_F(RequestParserTest, TakesAnOldRequestWithoutHost) {
  feed("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(refusal(), 0U);
  EXPECT_TRUE(parser_.is_done());
  EXPECT_FALSE(parser_.keep_alive());
}

TEST_F(RequestParserTest, TakesHostsWithPortsAndBrackets) {
  feed("GET / HTTP/1.1\r\nHost: [2001:db8::1]:8000\r\n\r\n");
  EXPECT_EQ(refusal(), 0U);
}

TEST_F(RequestParserTest, RefusesARepeatedHost) {
  feed("GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n");
  EXPECT_EQ(refusal(), 400U);
}

TEST_F(RequestParserTest, RefusesAFoldAfterAnEmptyFirstLine) {
  feed("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n");
  EXPECT_EQ(refusal(), 400U);
}

TEST_F(RequestParserTest, ReadsChunksAndIgnoresTrailers) {
  feed(
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: CHUNKED\r\n\r\n"
      "2;a=b;c=\"d e\"\r\nab\r\n0001\r\nc\r\n0\r\nHost: again\r\n\r\n");
  EXPECT_EQ(refusal(), 0U);
  EXPECT_TRUE(parser_.is_done());
  EXPECT_EQ(body_, "abc");
  EXPECT_EQ(fields_.size(), 2U);
}

TEST_F(RequestParserTest, TellsWhenABodyWaitsForAnInvitation) {
  feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_TRUE(parser_.expectsContinue());
}

TEST_F(RequestParserTest, HoldsLittleForADeclaredLength) {
  std::vector<FieldSpan> fields;
  std::string body;
  RequestParser large(fields, body, 1 << 30);
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\na";
  large.feed(head.data(), head.data(), head.size());
  EXPECT_EQ(body, "a");
  EXPECT_LE(body.capacity(), 8192U);
}

TEST_F(RequestParserTest, TellsOtherVersionsFromNonsense) {
  feed("GET / HTTP/3.0\r\n\r\n");
  EXPECT_EQ(refusal(), 505U);
}

}  // namespace
}  // namespace slipway::net
