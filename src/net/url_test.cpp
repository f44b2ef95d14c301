#include "net/url.hpp"

#include <gtest/gtest.h>

namespace slipway::net {
namespace {

struct Case {
  std::string_view target;
  std::string_view path;
  std::string_view query;
};

TEST(SplitTarget, TakesOriginAbsoluteAndAsteriskForms) {
  for (const auto& [target, path, query] :
       {Case{"/", "/", ""}, Case{"/a/b?c=d?e", "/a/b", "c=d?e"}, Case{"/?", "/", ""},
        Case{"*", "*", ""}, Case{"http://h", "/", ""}, Case{"HTTP://h:1/a?b", "/a", "b"},
        Case{"https://u@h?q", "/", "q"}}) {
    Target parts;
    EXPECT_TRUE(splitTarget(target, parts)) << target;
    EXPECT_EQ(parts.path, path) << target;
    EXPECT_EQ(parts.query, query) << target;
  }
}

TEST(SplitTarget, RefusesTheRest) {
  for (const std::string_view target :
       {"", "a", "?a", "h:80", "http://", "http:///a", "ftp://h/", "**"}) {
    Target parts;
    EXPECT_FALSE(splitTarget(target, parts)) << target;
  }
}

TEST(PercentDecode, ReplacesWholeEscapesOnly) {
  for (const auto& [text, decoded] : {std::pair<std::string_view, std::string_view>{"a%20b", "a b"},
                                      {"%C3%a9", "é"},
                                      {"%", "%"},
                                      {"%2", "%2"},
                                      {"%zz", "%zz"},
                                      {"%%41", "%A"},
                                      {"%41", "A"},
                                      {"", ""},
                                      {"+", "+"}}) {
    std::string out = "old";
    percentDecode(text, out);
    EXPECT_EQ(out, decoded) << text;
  }
}

TEST(PercentEncodePath, EscapesWhatMayNotStandThere) {
  EXPECT_EQ(percentEncodePath("/users/1"), "/users/1");
  EXPECT_EQ(percentEncodePath("/a b%\xC3\xA9?"), "/a%20b%25%C3%A9%3F");
}

}  // namespace
}  // namespace slipway::net
