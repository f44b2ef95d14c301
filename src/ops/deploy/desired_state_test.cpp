#include "ops/deploy/desired_state.hpp"

#include <gtest/gtest.h>

namespace slipway::ops {
namespace {

TEST(DesiredState, HasTheDefaultsOfTheComposeFiles) {
  const auto empty = readDesiredState(EnvFile(""));
  ASSERT_TRUE(empty);
  EXPECT_EQ(*empty, (DesiredState{"latest", {"latest", 2}, {"latest", 0}}));
  const auto version = readDesiredState(EnvFile("VERSION=1.0.0\nBLUE_VERSION=\n"));
  EXPECT_EQ(*version, (DesiredState{"1.0.0", {"1.0.0", 2}, {"1.0.0", 0}}));
}

TEST(DesiredState, IsWrittenAndReadAlike) {
  const DesiredState state{"1.1.0", {"1.0.0", 0}, {"1.1.0", 3}};
  EnvFile file("# mine\nHTTP_PORT=80\nGREEN_REPLICAS=0\n");
  setDesiredState(file, state);
  EXPECT_EQ(readDesiredState(EnvFile(file.text())), state);
  EXPECT_EQ(file.text(),
            "# mine\nHTTP_PORT=80\nGREEN_REPLICAS=3\nVERSION=1.1.0\nBLUE_VERSION=1.0.0\n"
            "BLUE_REPLICAS=0\nGREEN_VERSION=1.1.0\n");
  EXPECT_EQ(readDesiredState(toJson(state)), state);
}

TEST(DesiredState, RefusesReplicasThatAreNone) {
  for (const auto* text : {"BLUE_REPLICAS=two", "GREEN_REPLICAS=-1", "BLUE_REPLICAS=99999"}) {
    const auto state = readDesiredState(EnvFile(text));
    ASSERT_FALSE(state) << text;
    EXPECT_TRUE(state.error().find("REPLICAS") != std::string::npos);
  }
}

}  // namespace
}  // namespace slipway::ops
