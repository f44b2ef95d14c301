#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "ops/cli/exit_codes.hpp"
#include "ops/deploy/deploy.hpp"
#include "ops/deploy/fake_stack.hpp"
#include "ops/deploy/recover.hpp"

namespace slipway::ops {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FakeStack;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Killed {};

class RollingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    stack_.serve("1.0.0");
    stack_.addImage("1.1.0");
  }
  DeployRequest request(std::string version = "1.1.0") const {
    return {.stack = stack_.request(),
            .version = std::move(version),
            .options = {.strategy = Strategy::Rolling, .guardWindow = std::chrono::seconds(5)}};
  }
  int roll(std::string version = "1.1.0") {
    auto outside = stack_.outside();
    return deploy(request(std::move(version)), outside);
  }
  int recoverIt(bool finishes) {
    auto outside = stack_.outside();
    return recover({.stack = stack_.request(), .finishes = finishes}, outside);
  }
  void expectAsBefore() {
    EXPECT_EQ(stack_.hosts(), "api-blue\n");
    EXPECT_THAT(stack_.running(Colour::Blue), ElementsAre("1.0.0", "1.0.0"));
    EXPECT_EQ(stack_.desired().blue, (ColourState{"1.0.0", 2}));
    EXPECT_EQ(stack_.desired().version, "1.0.0");
  }
  void expectRolled() {
    EXPECT_EQ(stack_.hosts(), "api-blue\n");
    EXPECT_THAT(stack_.running(Colour::Blue), ElementsAre("1.1.0", "1.1.0"));
    EXPECT_EQ(stack_.desired(), (DesiredState{"1.1.0", {"1.1.0", 2}, {"1.0.0", 0}}));
  }

  FakeStack stack_;
};

TEST_F(RollingTest, ReplacesOneAfterTheOtherAndNeverServesWithLess) {
  std::size_t fewest = 99;
  stack_.clock.onWait = [&](std::chrono::milliseconds time) {
    fewest = std::min(fewest, stack_.serving().size());
    stack_.letTrafficPass(time);
  };
  EXPECT_EQ(roll(), kExitOk) << stack_.reporter.summaryText;
  EXPECT_THAT(
      stack_.reporter.steps,
      ElementsAre("migrate done", "aim done", "canary done", "validate done", "baseline done",
                  "admit done", "guard done", "replace done", "contract done", "finish done"));
  EXPECT_THAT(fewest, Ge(2U));
  EXPECT_EQ(stack_.reporter.summaryText, "1.1.0 serves");  // and nothing is warm
  expectRolled();
}

TEST_F(RollingTest, TakesAWarmVersionAwayFirst) {
  auto outside = stack_.outside();
  ASSERT_EQ(deploy({.stack = stack_.request(), .version = "1.1.0"}, outside), kExitOk);
  stack_.addImage("1.2.0");
  EXPECT_EQ(roll("1.2.0"), kExitOk) << stack_.reporter.summaryText;
  EXPECT_THAT(stack_.running(Colour::Blue), IsEmpty());
  EXPECT_THAT(stack_.running(Colour::Green), ElementsAre("1.2.0", "1.2.0"));
}

TEST_F(RollingTest, IsAsBeforeWhenTheFirstOneIsWorse) {
  stack_.addImage("1.1.0", {.errorShare = 0.2});
  EXPECT_EQ(roll(), kExitGuard);
  expectAsBefore();
}

TEST_F(RollingTest, IsAsBeforeWhenTheFirstOneDoesNotGetReady) {
  stack_.addImage("1.1.0", {.getsReady = false});
  EXPECT_EQ(roll(), kExitStart);
  expectAsBefore();
}

TEST_F(RollingTest, StartsOldOnesAgainWhenALaterOneFails) {
  int started = 0;
  stack_.onCommand = [&](const std::string& command) {
    if (!command.starts_with("up") || stack_.desired().blue.version != "1.1.0") return;
    if (++started == 2) stack_.versions["1.1.0"].diesAtStart = true;
  };
  EXPECT_EQ(roll(), kExitStart);
  EXPECT_THAT(stack_.reporter.steps, Contains("replace failed"));
  expectAsBefore();
}

TEST_F(RollingTest, RefusesTheImageThatServes) {
  EXPECT_EQ(roll("1.0.0"), kExitRefused);
  EXPECT_THAT(stack_.reporter.problems, ElementsAre(HasSubstr("blue-green starts it anew")));
}

TEST_F(RollingTest, IsBlueGreenWhenNothingServes) {
  stack_.engine.all.clear();
  EXPECT_EQ(roll(), kExitOk) << stack_.reporter.summaryText;
  EXPECT_THAT(stack_.reporter.steps, Contains("start done"));
}

class RollingKilled : public RollingTest, public ::testing::WithParamInterface<std::string_view> {
 protected:
  void rollKilled(StepEvent::Kind kind) {
    stack_.reporter.onStep = [=](const StepEvent& event) {
      if (event.step == GetParam() && event.kind == kind) throw Killed();
    };
    EXPECT_THROW(roll(), Killed);
    stack_.reporter.onStep = {};
  }
};

TEST_P(RollingKilled, CanBeUndone) {
  for (const auto kind : {StepEvent::Kind::Begun, StepEvent::Kind::Done}) {
    rollKilled(kind);
    EXPECT_EQ(recoverIt(false), kExitOk) << stack_.reporter.summaryText;
    expectAsBefore();
  }
}

TEST_P(RollingKilled, CanBeFinished) {
  rollKilled(StepEvent::Kind::Done);
  EXPECT_EQ(recoverIt(true), kExitOk) << stack_.reporter.summaryText;
  expectRolled();
}

INSTANTIATE_TEST_SUITE_P(All, RollingKilled,
                         ::testing::Values("migrate", "aim", "canary", "validate", "baseline",
                                           "admit", "guard", "replace"),
                         [](const auto& named) { return std::string(named.param); });

}  // namespace
}  // namespace slipway::ops
