// A stack that serves 1.0.0, and a deployment of 1.1.0 to it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/deploy/deploy.hpp"
#include "ops/deploy/fake_stack.hpp"
#include "ops/deploy/history.hpp"

namespace slipway::ops::testing {

class DeployTest : public ::testing::Test {
 protected:
  void SetUp() override {
    stack_.serve("1.0.0");
    stack_.addImage("1.1.0");
    request_.stack = stack_.request();
    request_.version = "1.1.0";
    request_.options.backsUp = true;
  }
  int deployIt() {
    auto outside = stack_.outside();
    return deploy(request_, outside);
  }
  HistoryEntry lastEntry() const { return readHistory(stack_.stack().history())->entries.back(); }
  /// The old version serves alone, as if nothing had been.
  void expectAsBefore() {
    EXPECT_EQ(stack_.hosts(), "api-blue\n");
    EXPECT_EQ(stack_.proxyHosts, "api-blue");
    EXPECT_THAT(stack_.running(Colour::Blue), ::testing::ElementsAre("1.0.0", "1.0.0"));
    EXPECT_THAT(stack_.running(Colour::Green), ::testing::IsEmpty());
    EXPECT_EQ(stack_.desired().blue, (ColourState{"1.0.0", 2}));
    EXPECT_EQ(stack_.desired().green.replicas, 0U);
    EXPECT_EQ(stack_.desired().version, "1.0.0");
  }

  FakeStack stack_;
  DeployRequest request_;
};

}  // namespace slipway::ops::testing
