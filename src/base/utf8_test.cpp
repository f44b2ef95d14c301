#include "base/utf8.hpp"

#include <gtest/gtest.h>

namespace slipway::base {
namespace {

TEST(Utf8, DecodesEveryLength) {
  EXPECT_EQ(decodeUtf8("a").value, U'a');
  EXPECT_EQ(decodeUtf8("é").value, U'é');
  EXPECT_EQ(decodeUtf8("日").value, U'日');
  EXPECT_EQ(decodeUtf8("😀").value, U'😀');
  EXPECT_EQ(decodeUtf8("😀").length, 4);
}

TEST(Utf8, RefusesOverlongCutOffAndTooLargeForms) {
  for (const char* text : {"\x80", "\xC0\xAF", "\xC3", "\xE0\x80\xAF", "\xE2\x82",
                           "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    EXPECT_EQ(decodeUtf8(text).length, 0) << text;
    EXPECT_FALSE(isUtf8OrSurrogates(text)) << text;
  }
}

TEST(Utf8, WritesWhatItReads) {
  for (const char32_t value : {0x0, 0x7F, 0x80, 0x7FF, 0x800, 0xD800, 0xFFFF, 0x10000, 0x10FFFF}) {
    std::string text;
    appendUtf8(text, value);
    EXPECT_EQ(decodeUtf8(text).value, value);
    EXPECT_EQ(decodeUtf8(text).length, text.size());
  }
}

TEST(Utf8, TellsSurrogatesFromTheirNeighbours) {
  EXPECT_TRUE(hasSurrogate("a\xED\xA0\x80"));
  EXPECT_TRUE(hasSurrogate("\xED\x9F\xBF\xED\xBF\xBF"));
  EXPECT_FALSE(hasSurrogate("\xED\x9F\xBF 日本"));
  EXPECT_FALSE(hasSurrogate(""));
}

TEST(Utf8, CountsCodePointsNotBytes) {
  EXPECT_EQ(countCodePoints("aé日😀"), 4U);
  EXPECT_EQ(countCodePoints(""), 0U);
}

TEST(Utf8, FindsTheFirstByteThatIsNotAscii) {
  EXPECT_EQ(asciiPrefix("0123456789é"), 10U);
  EXPECT_EQ(asciiPrefix("é"), 0U);
  EXPECT_EQ(asciiPrefix("abc"), 3U);
}

TEST(Utf8, ReplacesEachMaximalInvalidPart) {
  const std::string mark = "\xEF\xBF\xBD";
  EXPECT_EQ(replaceInvalidUtf8("aé😀"), "aé😀");
  EXPECT_EQ(replaceInvalidUtf8("a\xFFz"), "a" + mark + "z");
  EXPECT_EQ(replaceInvalidUtf8("\xE2\x82z"), mark + "z");
  EXPECT_EQ(replaceInvalidUtf8("\xF0\x9F\x98"), mark);
  EXPECT_EQ(replaceInvalidUtf8("\xC0\x80"), mark + mark);
  EXPECT_EQ(replaceInvalidUtf8("\xED\xA0\x80"), mark + mark + mark);
}

}  // namespace
}  // namespace slipway::base
