#include "base/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway::base {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(ParseUnsigned, TakesDigitsOnly) {
  EXPECT_EQ(parseUnsigned("0"), 0U);
  EXPECT_EQ(parseUnsigned("18446744073709551615"), ~0ULL);
  for (const char* text :
       {"", "-1", "+1", " 1", "1 ", "1.0", "0x1", "1e3", "18446744073709551616"}) {
    EXPECT_EQ(parseUnsigned(text), std::nullopt) << text;
  }
}

TEST(ParseBoolean, TakesTheUsualWordsInAnyCase) {
  for (const char* text : {"true", "TRUE", "1", "yes", "On"}) EXPECT_EQ(parseBoolean(text), true);
  for (const char* text : {"false", "0", "No", "off"}) EXPECT_EQ(parseBoolean(text), false);
  for (const char* text : {"", "2", "y", "tru", "enable"}) {
    EXPECT_EQ(parseBoolean(text), std::nullopt) << text;
  }
}

TEST(ParseDuration, NeedsANumberAndAUnit) {
  EXPECT_EQ(parseDuration("90s"), seconds(90));
  EXPECT_EQ(parseDuration("15m"), seconds(900));
  EXPECT_EQ(parseDuration("1h"), seconds(3600));
  EXPECT_EQ(parseDuration("7d"), seconds(604800));
  for (const char* text :
       {"", "h", "60", "1.5h", "-1h", "1w", "1 h", "1hh", "99999999999999999d"}) {
    EXPECT_EQ(parseDuration(text), std::nullopt) << text;
  }
}

TEST(SplitList, TrimsAndLeavesOutWhatIsEmpty) {
  EXPECT_THAT(splitList(" a, b ,,c,"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(splitList("a  b", ' '), ElementsAre("a", "b"));
  EXPECT_THAT(splitList(" , "), IsEmpty());
  EXPECT_THAT(splitList(""), IsEmpty());
}

TEST(OneLine, JoinsLinesAndDropsControlCharacters) {
  EXPECT_EQ(oneLine("connection failed: refused\n\tIs the server running?\r\n"),
            "connection failed: refused Is the server running?");
  EXPECT_EQ(oneLine(" \x01 a\x7f\x1b[0mb "), "a [0mb");
  EXPECT_EQ(oneLine(" \n"), "");
}

TEST(OneLine, CutsBetweenCharacters) {
  EXPECT_EQ(oneLine("abcdef", 6), "abcdef");
  EXPECT_EQ(oneLine("abcdefg", 6), "abcdef...");
  EXPECT_EQ(oneLine("a\xc3\xa9\xc3\xa9", 4), "a\xc3\xa9...");
  EXPECT_EQ(oneLine(std::string(100'000, 'x')).size(), 303U);
  EXPECT_EQ(oneLine(std::string(100, '\x80'), 10), "...");
}

TEST(Printable, CutsAndReplaces) {
  EXPECT_EQ(printable("plain"), "plain");
  EXPECT_EQ(printable("a\nb\x1b\xc3\xa9"), "a?b???");
  EXPECT_EQ(printable("abcdef", 3), "abc...");
}

}  // namespace
}  // namespace slipway::base
