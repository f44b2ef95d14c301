#include <gtest/gtest.h>

#include "ops/deploy/deploy.hpp"

namespace slipway::ops {
namespace {

TEST(PinnedVersion, LeavesReleasesAlone) {
  EXPECT_EQ(pinnedVersion("1.2.0", "sha256:0123456789abcdef"), "1.2.0");
  EXPECT_EQ(pinnedVersion("v1.2.0", "sha256:0123456789abcdef"), "v1.2.0");
  EXPECT_EQ(pinnedVersion("latest", "sha256:0123456789abcdef"), "latest-0123456789ab");
  EXPECT_EQ(pinnedVersion("latest-0123456789ab", "sha256:0123456789abcdef"), "latest-0123456789ab");
}

}  // namespace
}  // namespace slipway::ops
