#include "base/time.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "base/text_buffer.hpp"

namespace slipway::base {
namespace {

using std::chrono::microseconds;

Timestamp at(std::int64_t micros) { return Timestamp(microseconds(micros)); }

TEST(IsoTime, HasMicrosecondsAndNoZone) {
  EXPECT_EQ(isoTime(at(1'763'848'204'467'741)), "2025-11-22T21:50:04.467741");
}

TEST(IsoTime, LeavesAZeroFractionOutAsPythonDoes) {
  EXPECT_EQ(isoTime(at(0)), "1970-01-01T00:00:00");
  EXPECT_EQ(isoTime(at(1)), "1970-01-01T00:00:00.000001");
}

TEST(IsoTime, ReachesBeforeTheEpochAndToTheLastYear) {
  EXPECT_EQ(isoTime(at(-1)), "1969-12-31T23:59:59.999999");
  EXPECT_EQ(isoTime(at(253'402'300'799'999'999)), "9999-12-31T23:59:59.999999");
  EXPECT_EQ(isoTime(at(951'827'696'000'000)), "2000-02-29T12:34:56");
}

TEST(IsoTime, AppendsToWhatIsThere) {
  std::string text = "at ";
  appendIsoTime(text, at(0));
  EXPECT_EQ(text, "at 1970-01-01T00:00:00");
}

TEST(IsoTimes, PrintWhatIsoTimePrints) {
  IsoTimes times;
  for (const std::int64_t micros :
       {0, 1, 999'999, 1'000'000, 1'000'000, 2'500'000, 1'000'001, -1, -1'000'000}) {
    TextBuffer text;
    times.append(text, at(micros));
    EXPECT_EQ(text.view(), isoTime(at(micros))) << micros;
  }
}

TEST(SystemClock, ShowsTheMachinesTime) {
  const auto before = std::chrono::system_clock::now();
  const auto now = systemClock().now();
  EXPECT_GE(now, std::chrono::time_point_cast<microseconds>(before));
  EXPECT_LE(now, std::chrono::system_clock::now());
}

}  // namespace
}  // namespace slipway::base
