// As long as the new version is on trial, the old one answers what the new one can't be reached
// for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/cli/exit_codes.hpp"
#include "ops/deploy/deploy.hpp"
#include "ops/deploy/fake_stack.hpp"
#include "ops/deploy/recover.hpp"
#include "ops/deploy/rollback.hpp"

namespace slipway::ops {
namespace {

using ::testing::Contains;
using testing::FakeStack;
using ::testing::HasSubstr;
using ::testing::Not;

class StandbyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    stack_.serve("1.0.0");
    stack_.addImage("1.1.0");
  }
  int deployIt(Strategy strategy = Strategy::BlueGreen) {
    auto outside = stack_.outside();
    return deploy({.stack = stack_.request(),
                   .version = "1.1.0",
                   .options = {.strategy = strategy, .guardWindow = std::chrono::seconds(10)}},
                  outside);
  }
  int finishIt() {
    auto outside = stack_.outside();
    return finish({.stack = stack_.request()}, outside);
  }
  void whenBegun(std::string_view step, std::function<void()> happens) {
    stack_.reporter.onStep = [step, happens = std::move(happens)](const StepEvent& event) {
      if (event.step == step && event.kind == StepEvent::Kind::Begun) happens();
    };
  }
  std::vector<std::string> idsOf(Colour colour) const {
    std::vector<std::string> ids;
    for (const auto& container : stack_.engine.all) {
      if (container.service == serviceOf(colour)) ids.push_back(container.id);
    }
    return ids;
  }

  FakeStack stack_;
};

TEST_F(StandbyTest, LastsAsLongAsTheGuard) {
  std::string during;
  whenBegun("guard", [&] { during = stack_.hosts(); });
  EXPECT_EQ(deployIt(), kExitOk) << stack_.reporter.summaryText;
  EXPECT_EQ(during, "api-green\napi-blue backup\n");
  EXPECT_EQ(stack_.hosts(), "api-green\n");
  EXPECT_EQ(stack_.proxyHosts, "api-green");
}

TEST_F(StandbyTest, AnswersWhenAllOfTheNewVersionDies) {
  std::uint64_t before = 0;
  whenBegun("guard", [&] {
    before = stack_.answeredBy("1.0.0");
    for (auto& container : stack_.engine.all) {
      if (container.service == "api-green") container.status = "exited";
    }
    stack_.letTrafficPass(std::chrono::seconds(1));  // before anybody has looked
  });
  EXPECT_EQ(deployIt(), kExitGuard);
  EXPECT_GE(stack_.answeredBy("1.0.0"), before + 90);
  EXPECT_EQ(stack_.hosts(), "api-blue\n");
}

TEST_F(StandbyTest, IsNoticedWhereTheNewVersionSeemsWell) {
  whenBegun("guard", [&] { stack_.unreachable = idsOf(Colour::Green); });
  EXPECT_EQ(deployIt(), kExitGuard);
  EXPECT_THAT(stack_.reporter.summaryText, HasSubstr("could not reach it"));
  EXPECT_EQ(stack_.hosts(), "api-blue\n");
}

TEST_F(StandbyTest, IsNotForWhatIsRolledBack) {
  ASSERT_EQ(deployIt(), kExitOk);
  std::string during;
  whenBegun("drain", [&] { during = stack_.hosts(); });
  auto outside = stack_.outside();
  EXPECT_EQ(rollback({.stack = stack_.request()}, outside), kExitOk);
  EXPECT_EQ(during, "api-blue\n");
}

TEST_F(StandbyTest, IsNotForTheFirstVersion) {
  stack_.engine.all.clear();
  std::filesystem::remove(stack_.stack().hosts());
  std::string during;
  whenBegun("guard", [&] { during = stack_.hosts(); });
  EXPECT_EQ(deployIt(), kExitOk) << stack_.reporter.summaryText;
  EXPECT_EQ(during, "api-blue\n");
  EXPECT_THAT(stack_.reporter.steps, Not(Contains("settle done")));
}

TEST_F(StandbyTest, IsEndedByFinishWhereTheDeploymentCouldNot) {
  whenBegun("settle", [&] { stack_.switchError = "the Engine is down"; });
  EXPECT_EQ(deployIt(), kExitFinish);
  EXPECT_THAT(stack_.reporter.summaryText, HasSubstr("slipway finish production"));
  EXPECT_EQ(stack_.hosts(), "api-green\napi-blue backup\n");
  stack_.switchError.clear();
  stack_.reporter.onStep = {};
  EXPECT_EQ(finishIt(), kExitOk);
  EXPECT_EQ(stack_.hosts(), "api-green\n");
  EXPECT_THAT(stack_.running(Colour::Blue), ::testing::IsEmpty());
}

}  // namespace
}  // namespace slipway::ops
