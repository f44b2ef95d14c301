// A new version on trial: what a deployment sees of it, and how it goes back.
#include "ops/cli/exit_codes.hpp"
#include "ops/deploy/deploy_test_support.hpp"

namespace slipway::ops {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class DeployTrialTest : public testing::DeployTest {};

TEST_F(DeployTrialTest, IsAsBeforeWhenAVersionNeverGetsReady) {
  stack_.addImage("1.1.0", {.getsReady = false});
  EXPECT_EQ(deployIt(), kExitStart);
  expectAsBefore();
  EXPECT_THAT(stack_.reporter.shown, SizeIs(2));
  EXPECT_THAT(stack_.reporter.summaryText, HasSubstr("api-green is not ready within 90 s"));
  std::size_t kept = 0;
  for ([[maybe_unused]] const auto& file :
       std::filesystem::directory_iterator(stack_.stack().logs())) {
    ++kept;
  }
  EXPECT_EQ(kept, 2U);
}

TEST_F(DeployTrialTest, DoesNotWaitForAVersionThatDies) {
  stack_.addImage("1.1.0", {.diesAtStart = true});
  const auto start = stack_.clock.now();
  EXPECT_EQ(deployIt(), kExitStart);
  EXPECT_LT(stack_.clock.now() - start, std::chrono::seconds(5));
  expectAsBefore();
  EXPECT_THAT(stack_.reporter.summaryText,
              HasSubstr("restarting, exit code 69, started again 2 times"));
}

TEST_F(DeployTrialTest, IsAsBeforeWhenComposeFails) {
  stack_.failing["up"] = "no space left on device";
  EXPECT_EQ(deployIt(), kExitStart);
  expectAsBefore();
}

TEST_F(DeployTrialTest, IsAsBeforeWhenValidationFails) {
  stack_.others.validate = [](const std::string&, const std::string&) -> Result<std::string> {
    return std::unexpected("health is 'degraded'");
  };
  EXPECT_EQ(deployIt(), kExitValidate);
  expectAsBefore();
  EXPECT_THAT(stack_.reporter.steps, Not(Contains("switch done")));
}

TEST_F(DeployTrialTest, ValidatesEachContainerDirectly) {
  std::vector<std::string> tried;
  stack_.others.validate = [&](const std::string& url, const std::string& token) {
    tried.push_back(url + " " + token);
    return Result<std::string>("");
  };
  EXPECT_EQ(deployIt(), kExitOk);
  EXPECT_THAT(tried, ElementsAre("http://10.0.0.6:8000 a.token", "http://10.0.0.7:8000 a.token"));
}

TEST_F(DeployTrialTest, IsAsBeforeWhenTheProxyDoesNotSwitch) {
  stack_.reporter.onStep = [&](const StepEvent& event) {
    if (event.step != "switch") return;
    stack_.switchError = event.kind == StepEvent::Kind::Begun ? "nginx -t failed" : "";
  };
  EXPECT_EQ(deployIt(), kExitSwitch);
  expectAsBefore();
  EXPECT_THAT(stack_.reporter.summaryText, HasSubstr("nginx -t failed"));
}

TEST_F(DeployTrialTest, SeesAProxyThatOnlySaysThatItSwitched) {
  stack_.isProxyDeaf = true;
  EXPECT_EQ(deployIt(), kExitSwitch);
  EXPECT_THAT(stack_.reporter.summaryText, HasSubstr("not stopped sending requests to the old"));
  expectAsBefore();
}

TEST_F(DeployTrialTest, SwitchesBackWhenTheNewVersionAnswersWithErrors) {
  stack_.addImage("1.1.0", {.errorShare = 0.1});
  EXPECT_EQ(deployIt(), kExitGuard);
  expectAsBefore();
  EXPECT_THAT(stack_.reporter.summaryText, HasSubstr("were answered with 5xx"));
  EXPECT_THAT(stack_.reporter.shown, SizeIs(2));
  EXPECT_EQ(lastEntry().step, "guard");
}

TEST_F(DeployTrialTest, SeesErrorsByProbesWhenNobodyElseAsks) {
  stack_.requestsPerSecond = 0;
  stack_.addImage("1.1.0", {.errorShare = 0.2});
  EXPECT_EQ(deployIt(), kExitGuard);
  expectAsBefore();
}

TEST_F(DeployTrialTest, SwitchesBackWhenTheNewVersionIsSlower) {
  stack_.addImage("1.1.0", {.seconds = 0.2});
  EXPECT_EQ(deployIt(), kExitGuard);
  expectAsBefore();
  EXPECT_THAT(stack_.reporter.summaryText, HasSubstr("took longer than 100 ms"));
}

TEST_F(DeployTrialTest, SwitchesBackAtOnceWhenAContainerDies) {
  base::Timestamp died;
  stack_.reporter.onStep = [&](const StepEvent& event) {
    if (event.step == "switch" && event.kind == StepEvent::Kind::Undone) {
      EXPECT_LT(stack_.clock.now() - died, std::chrono::seconds(1));
    }
    if (event.step != "guard" || event.kind != StepEvent::Kind::Begun) return;
    died = stack_.clock.now();
    stack_.engine.all.back().status = "exited";
    stack_.engine.all.back().exitCode = 139;
  };
  EXPECT_EQ(deployIt(), kExitGuard);
  expectAsBefore();
  EXPECT_THAT(stack_.reporter.summaryText, HasSubstr("exited, exit code 139"));
}

TEST_F(DeployTrialTest, SeesAContainerThatWasStartedAgain) {
  stack_.reporter.onStep = [&](const StepEvent& event) {
    if (event.step == "guard") stack_.engine.all.back().startedAt = "later";
  };
  EXPECT_EQ(deployIt(), kExitGuard);
  expectAsBefore();
}

TEST_F(DeployTrialTest, IsUndecidedAndKeepsTheNewVersionWhenThereIsTooLittleToCompare) {
  stack_.requestsPerSecond = 0;
  request_.options.guardSamples = 1000;
  EXPECT_EQ(deployIt(), kExitUndecided);
  EXPECT_EQ(stack_.proxyHosts, "api-green");
  EXPECT_EQ(lastEntry().result, "undecided");
  EXPECT_THAT(stack_.reporter.summaryText, HasSubstr("undecided"));
}

TEST_F(DeployTrialTest, ProbesMakeUpForThinTraffic) {
  stack_.requestsPerSecond = 0;
  EXPECT_EQ(deployIt(), kExitOk) << stack_.reporter.summaryText;
  EXPECT_GT(stack_.answeredBy("1.1.0"), 100U);
}

TEST_F(DeployTrialTest, UndoesWhenItIsInterrupted) {
  stack_.reporter.onStep = [&](const StepEvent& event) {
    if (event.step == "guard") stack_.clock.isInterrupted = true;
  };
  EXPECT_EQ(deployIt(), kExitInterrupted);
  expectAsBefore();
  EXPECT_EQ(lastEntry().reason, "interrupted");
}

TEST_F(DeployTrialTest, SaysThatItCouldNotBeUndone) {
  stack_.reporter.onStep = [&](const StepEvent& event) {
    if (event.step != "guard") return;
    stack_.switchError = "the Engine is down";
    stack_.clock.isInterrupted = true;
  };
  EXPECT_EQ(deployIt(), kExitNotUndone);
  EXPECT_THAT(stack_.reporter.summaryText, HasSubstr("slipway recover production"));
  // What still serves was not taken away.
  EXPECT_THAT(stack_.running(Colour::Green), SizeIs(2));
  EXPECT_EQ(lastEntry().result, "not undone");
}

TEST_F(DeployTrialTest, WaitsForTheEngineBeforeItUndoes) {
  stack_.reporter.onStep = [&](const StepEvent& event) {
    if (event.step == "start" && event.kind == StepEvent::Kind::Done)
      stack_.engine.trouble = "gone";
  };
  const auto gone = stack_.clock.now();
  stack_.clock.onWait = [&](std::chrono::milliseconds time) {
    stack_.letTrafficPass(time);
    if (stack_.clock.now() > gone + std::chrono::seconds{20}) stack_.engine.trouble.clear();
  };
  EXPECT_EQ(deployIt(), kExitValidate) << stack_.reporter.summaryText;
  EXPECT_THAT(stack_.reporter.steps, Contains("start undone"));
  EXPECT_THAT(stack_.reporter.notes, Contains(HasSubstr("waiting for it")));
  expectAsBefore();
}

TEST_F(DeployTrialTest, RefusesAfterAnOperationThatWasNotUndone) {
  stack_.reporter.onStep = [&](const StepEvent& event) {
    if (event.step == "guard") stack_.switchError = "down";
    if (event.step == "guard") stack_.clock.isInterrupted = true;
  };
  ASSERT_EQ(deployIt(), kExitNotUndone);
  stack_.reporter.onStep = {};
  stack_.clock.isInterrupted = false;
  EXPECT_EQ(deployIt(), kExitUnfinished);
  EXPECT_THAT(stack_.reporter.problems, Contains(HasSubstr("slipway recover production")));
}

}  // namespace
}  // namespace slipway::ops
