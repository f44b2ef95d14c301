#include "ops/deploy/recover.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/cli/exit_codes.hpp"
#include "ops/deploy/deploy.hpp"
#include "ops/deploy/fake_stack.hpp"
#include "ops/deploy/history.hpp"
#include "ops/deploy/rollback.hpp"
#include "ops/deploy/status.hpp"

namespace slipway::ops {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FakeStack;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// As SIGKILL or a power failure ends the process: nothing of it runs any more.
struct Killed {};

class RecoverTest : public ::testing::Test {
 protected:
  void SetUp() override {
    stack_.serve("1.0.0");
    stack_.addImage("1.1.0");
  }
  DeployRequest request() const {
    return {.stack = stack_.request(),
            .version = "1.1.0",
            .options = {.backsUp = true, .guardWindow = std::chrono::seconds(5)}};
  }
  int deployIt() {
    auto outside = stack_.outside();
    return deploy(request(), outside);
  }
  void deployKilledAt(std::string_view step, StepEvent::Kind kind) {
    stack_.reporter.onStep = [=](const StepEvent& event) {
      if (event.step == step && event.kind == kind) throw Killed();
    };
    EXPECT_THROW(deployIt(), Killed) << step;
    stack_.reporter.onStep = {};
  }
  int recoverIt(bool finishes = false) {
    auto outside = stack_.outside();
    return recover({.stack = stack_.request(), .finishes = finishes}, outside);
  }
  void expectAsBefore() {
    EXPECT_EQ(stack_.proxyHosts, "api-blue");
    EXPECT_THAT(stack_.running(Colour::Blue), ElementsAre("1.0.0", "1.0.0"));
    EXPECT_THAT(stack_.running(Colour::Green), IsEmpty());
    EXPECT_EQ(stack_.desired().green.replicas, 0U);
    EXPECT_EQ(stack_.desired().version, "1.0.0");
  }
  void expectDeployed() {
    EXPECT_EQ(stack_.proxyHosts, "api-green");
    EXPECT_THAT(stack_.running(Colour::Green), ElementsAre("1.1.0", "1.1.0"));
    EXPECT_EQ(stack_.desired(), (DesiredState{"1.1.0", {"1.0.0", 2}, {"1.1.0", 2}}));
  }

  FakeStack stack_;
};

class KilledAtEachStep : public RecoverTest,
                         public ::testing::WithParamInterface<std::string_view> {};

TEST_P(KilledAtEachStep, TheNextCallSaysSoAndChangesNothing) {
  deployKilledAt(GetParam(), StepEvent::Kind::Begun);
  EXPECT_EQ(deployIt(), kExitUnfinished);
  EXPECT_THAT(stack_.reporter.problems,
              ElementsAre(HasSubstr(fmt::format("was cut short at '{}'", GetParam()))));
  const auto status = readStatus(stack_.stack(), stack_.engine);
  ASSERT_TRUE(status && status->unfinished);
  EXPECT_EQ(status->unfinished->step, GetParam());
  EXPECT_FALSE(status->isWell());
  EXPECT_THAT(inLines(*status), HasSubstr("slipway recover production"));
}

TEST_P(KilledAtEachStep, ItCanBeUndone) {
  for (const auto kind : {StepEvent::Kind::Begun, StepEvent::Kind::Done}) {
    if (GetParam() == "settle" || GetParam() == "finish") continue;  // then there is only one way
    deployKilledAt(GetParam(), kind);
    EXPECT_EQ(recoverIt(), kExitOk) << stack_.reporter.summaryText;
    expectAsBefore();
    EXPECT_EQ(readHistory(stack_.stack().history())->entries.back().result, "undone");
    EXPECT_EQ(recoverIt(), kExitOk);
    EXPECT_THAT(stack_.reporter.summaryText, HasSubstr("nothing to recover"));
  }
}

TEST_P(KilledAtEachStep, ItCanBeFinished) {
  deployKilledAt(GetParam(), StepEvent::Kind::Begun);
  EXPECT_EQ(recoverIt(true), kExitOk) << stack_.reporter.summaryText;
  expectDeployed();
}

TEST_P(KilledAtEachStep, ItCanBeFinishedWhenTheStepWasDone) {
  deployKilledAt(GetParam(), StepEvent::Kind::Done);
  EXPECT_EQ(recoverIt(true), kExitOk) << stack_.reporter.summaryText;
  expectDeployed();
}

INSTANTIATE_TEST_SUITE_P(All, KilledAtEachStep,
                         ::testing::Values("backup", "migrate", "start", "validate", "baseline",
                                           "switch", "drain", "guard", "settle", "finish"),
                         [](const auto& named) { return std::string(named.param); });

TEST_F(RecoverTest, OnlyGoesOnOnceTheNewVersionHasProvenItself) {
  deployKilledAt("finish", StepEvent::Kind::Begun);
  EXPECT_EQ(recoverIt(), kExitOk);
  expectDeployed();
}

TEST_F(RecoverTest, UndoesWhatWasKilledInsideCompose) {
  stack_.onCommand = [](const std::string& command) {
    if (command.starts_with("up")) throw Killed();
  };
  EXPECT_THROW(deployIt(), Killed);
  stack_.onCommand = {};
  EXPECT_EQ(stack_.desired().green, (ColourState{"1.1.0", 2}));  // written first
  EXPECT_EQ(recoverIt(), kExitOk);
  expectAsBefore();
}

TEST_F(RecoverTest, UndoesWhatWasKilledWhileItWasBeingUndone) {
  stack_.addImage("1.1.0", {.errorShare = 0.5});
  stack_.onCommand = [](const std::string& command) {
    if (command.starts_with("rm")) throw Killed();
  };
  EXPECT_THROW(deployIt(), Killed);
  stack_.onCommand = {};
  EXPECT_EQ(stack_.proxyHosts, "api-blue");  // first of all
  EXPECT_EQ(recoverIt(true), kExitRefused);
  EXPECT_THAT(stack_.reporter.problems, Contains(HasSubstr("without --finish")));
  EXPECT_EQ(recoverIt(), kExitOk);
  expectAsBefore();
}

TEST_F(RecoverTest, StaysUnfinishedWhenItCannotBeUndone) {
  deployKilledAt("guard", StepEvent::Kind::Begun);
  stack_.switchError = "down";
  EXPECT_EQ(recoverIt(), kExitNotUndone);
  EXPECT_EQ(stack_.running(Colour::Green).size(), 2U);
  stack_.switchError.clear();
  EXPECT_EQ(recoverIt(), kExitOk);
  expectAsBefore();
}

TEST_F(RecoverTest, HasNothingToDoWhenNothingWasCutShort) {
  EXPECT_EQ(recoverIt(), kExitOk);
  ASSERT_EQ(deployIt(), kExitOk);
  EXPECT_EQ(recoverIt(), kExitOk);
  expectDeployed();
}

TEST_F(RecoverTest, DoesWhatARestoreHasLeftToDo) {
  stack_.others.finishRestore = [](const Stack&) { return Result<std::string>("cleared"); };
  EXPECT_EQ(recoverIt(), kExitOk);
  EXPECT_EQ(stack_.reporter.summaryText, "cleared");
  deployKilledAt("guard", StepEvent::Kind::Begun);
  EXPECT_EQ(recoverIt(), kExitOk);
  EXPECT_THAT(stack_.reporter.notes, Contains("cleared"));
  expectAsBefore();
}

TEST_F(RecoverTest, SaysWhatKeepsARestoreUnfinished) {
  stack_.others.finishRestore = [](const Stack&) -> Result<std::string> {
    return std::unexpected("the service does not run");
  };
  EXPECT_EQ(recoverIt(), kExitRefused);
  EXPECT_THAT(stack_.reporter.problems, ElementsAre("the service does not run"));
}

TEST_F(RecoverTest, FinishEndsTheWarmVersion) {
  ASSERT_EQ(deployIt(), kExitOk);
  auto outside = stack_.outside();
  EXPECT_EQ(finish({.stack = stack_.request()}, outside), kExitOk);
  EXPECT_THAT(stack_.running(Colour::Blue), IsEmpty());
  EXPECT_EQ(stack_.desired(), (DesiredState{"1.1.0", {"1.0.0", 0}, {"1.1.0", 2}}));
  EXPECT_EQ(readHistory(stack_.stack().history())->entries.back().result, "finished");
}

TEST_F(RecoverTest, FinishThatFailsLeavesTheVersionServing) {
  ASSERT_EQ(deployIt(), kExitOk);
  stack_.failing["run"] = "0005_drop.sql failed";
  auto outside = stack_.outside();
  EXPECT_EQ(finish({.stack = stack_.request()}, outside), kExitFinish);
  EXPECT_EQ(stack_.proxyHosts, "api-green");
  EXPECT_THAT(stack_.reporter.summaryText, HasSubstr("slipway finish production"));
}

TEST_F(RecoverTest, FinishDryRunChangesNothing) {
  ASSERT_EQ(deployIt(), kExitOk);
  auto outside = stack_.outside();
  EXPECT_EQ(finish({.stack = stack_.request(), .isDryRun = true}, outside), kExitOk);
  EXPECT_THAT(stack_.reporter.planned, ElementsAre("settle", "end-warm", "contract", "finish"));
  expectDeployed();
}

}  // namespace
}  // namespace slipway::ops
