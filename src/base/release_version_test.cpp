#include "base/release_version.hpp"

#include <gtest/gtest.h>

namespace slipway::base {
namespace {

TEST(ParseReleaseVersion, ReadsThreeNumbers) {
  EXPECT_EQ(parseReleaseVersion("1.20.3"), (ReleaseVersion{1, 20, 3}));
  EXPECT_EQ(parseReleaseVersion("2.0.0-rc1"), (ReleaseVersion{2, 0, 0}));
  EXPECT_EQ(parseReleaseVersion("0.1.0+build.5"), (ReleaseVersion{0, 1, 0}));
}

TEST(ParseReleaseVersion, RefusesEverythingElse) {
  for (const auto* text : {"", "1", "1.2", "1.2.", "1.2.x", "a.b.c", "1.2.3x", "v1.2.3", "-1.0.0",
                           "1.-2.0", "1.2.99999999999"}) {
    EXPECT_FALSE(parseReleaseVersion(text)) << text;
  }
}

TEST(ReleaseVersions, AreOrderedByNumberAndNotByText) {
  EXPECT_LT(*parseReleaseVersion("1.9.9"), *parseReleaseVersion("1.10.0"));
  EXPECT_LT(*parseReleaseVersion("1.10.0"), *parseReleaseVersion("2.0.0"));
}

}  // namespace
}  // namespace slipway::base
