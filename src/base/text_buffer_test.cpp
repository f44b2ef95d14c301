#include "base/text_buffer.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace slipway::base {
namespace {

TEST(TextBuffer, HoldsWhatWasAppended) {
  TextBuffer text;
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(text.view(), "");
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    text.append("abc").append(',').appendNumber(i).append(std::string_view());
    expected += "abc," + std::to_string(i);
  }
  EXPECT_EQ(text.view(), expected);
  text.append(std::string(10'000, 'x'));
  EXPECT_EQ(text.size(), expected.size() + 10'000);
}

TEST(TextBuffer, PrintsTheWidestNumbers) {
  TextBuffer text;
  text.appendNumber(std::numeric_limits<std::int64_t>::min());
  text.append(' ').appendNumber(std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(text.view(), "-9223372036854775808 18446744073709551615");
}

TEST(TextBuffer, KeepsItsMemoryWhenCleared) {
  TextBuffer text;
  text.append("some");
  const auto* const memory = text.data();
  text.clear();
  EXPECT_TRUE(text.empty());
  text.append("other");
  EXPECT_EQ(text.data(), memory);
}

TEST(TextBuffer, IsEmptyWhenMovedFrom) {
  TextBuffer from;
  from.append("text");
  TextBuffer to(std::move(from));
  EXPECT_EQ(to.view(), "text");
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move)
  from.append("again");
  to = std::move(from);
  EXPECT_EQ(to.view(), "again");
}

}  // namespace
}  // namespace slipway::base
