#include "ops/swarm/cloud_status.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/swarm/fake_swarm.hpp"

namespace slipway::ops {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class CloudStatusTest : public ::testing::Test {
 protected:
  CloudStatusTest() { swarm_.addService("db", "17", 1); }

  CloudStatus status() { return readCloudStatus({.name = "slipway-cloud"}, swarm_).value(); }

  testing::FakeSwarm swarm_;
};

TEST_F(CloudStatusTest, IsWellWhenAllIsAsWanted) {
  EXPECT_TRUE(status().isWell());
  EXPECT_THAT(inLines(status()), HasSubstr("all is as wanted"));
}

TEST_F(CloudStatusTest, SaysWhichNodeIsAwayAndNotThatAllIsWell) {
  swarm_.allNodes.front().isReady = false;
  EXPECT_FALSE(status().isWell());
  EXPECT_THAT(inLines(status()), HasSubstr("one is away"));
  EXPECT_THAT(inLines(status()), Not(HasSubstr("all is as wanted")));
}

}  // namespace
}  // namespace slipway::ops
