#include "net/http.hpp"

#include <gtest/gtest.h>

namespace slipway::net {
namespace {

TEST(EqualsIgnoreCase, FoldsAsciiLettersOnly) {
  EXPECT_TRUE(equalsIgnoreCase("Content-Type", "cONTENT-tYPE"));
  EXPECT_FALSE(equalsIgnoreCase("a", "ab"));
  EXPECT_FALSE(equalsIgnoreCase("@", "`"));
  EXPECT_FALSE(equalsIgnoreCase("É", "é"));
}

TEST(Request, TellsAnEmptyHeaderFromNone) {
  Request request;
  request.headers = {{"A", {}}, {"b", "1"}, {"B", "2"}};
  EXPECT_TRUE(request.hasHeader("a"));
  EXPECT_EQ(request.header("a"), "");
  EXPECT_EQ(request.header("B"), "1");
  EXPECT_FALSE(request.hasHeader("c"));
}

TEST(Response, KeepsValuesFromSplittingIt) {
  Response response;
  response.addHeader("Location", std::string_view("a\r\nSet-Cookie: b\0c", 18));
  EXPECT_EQ(response.headerLines(), "Location: a  Set-Cookie: b c\r\n");
}

TEST(Response, FindsItsHeadersByWholeName) {
  Response response;
  response.addHeader("Cache-Control", "no-store");
  response.addHeaderLines("ETag: x\r\nVary: Accept\r\n");
  EXPECT_TRUE(response.hasHeader("cache-control"));
  EXPECT_TRUE(response.hasHeader("Vary"));
  EXPECT_FALSE(response.hasHeader("Cache"));
  EXPECT_FALSE(response.hasHeader("no-store"));
}

TEST(Response, PrefersItsStaticBody) {
  Response response;
  response.body = "own";
  EXPECT_EQ(response.bodyView(), "own");
  response.staticBody = "static";
  EXPECT_EQ(response.bodyView(), "static");
  EXPECT_EQ(response.bodyBytes(), 6U);
}

}  // namespace
}  // namespace slipway::net
