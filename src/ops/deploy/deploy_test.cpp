#include "ops/deploy/deploy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/cli/exit_codes.hpp"
#include "ops/deploy/fake_stack.hpp"
#include "ops/deploy/history.hpp"

namespace slipway::ops {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FakeStack;
using testing::FakeVersion;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

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
    EXPECT_THAT(stack_.running(Colour::Blue), ElementsAre("1.0.0", "1.0.0"));
    EXPECT_THAT(stack_.running(Colour::Green), IsEmpty());
    EXPECT_EQ(stack_.desired().blue, (ColourState{"1.0.0", 2}));
    EXPECT_EQ(stack_.desired().green.replicas, 0U);
    EXPECT_EQ(stack_.desired().version, "1.0.0");
  }

  FakeStack stack_;
  DeployRequest request_;
};

TEST_F(DeployTest, PutsTheNewVersionInThePlaceOfTheOldOne) {
  EXPECT_EQ(deployIt(), kExitOk) << stack_.reporter.summaryText;
  EXPECT_THAT(
      stack_.reporter.steps,
      ElementsAre("backup done", "migrate done", "start done", "validate done", "baseline done",
                  "switch done", "drain done", "guard done", "settle done", "finish done"));
  EXPECT_EQ(stack_.proxyHosts, "api-green");
  EXPECT_THAT(stack_.running(Colour::Green), ElementsAre("1.1.0", "1.1.0"));
  EXPECT_THAT(stack_.running(Colour::Blue), ElementsAre("1.0.0", "1.0.0"));  // warm
  EXPECT_EQ(stack_.desired(), (DesiredState{"1.1.0", {"1.0.0", 2}, {"1.1.0", 2}}));
  EXPECT_THAT(readEnvFile(stack_.envFile())->text(), HasSubstr("# kept\n"));
  EXPECT_EQ(lastEntry().result, "deployed");
  EXPECT_EQ(lastEntry().from.version, "1.0.0");
  EXPECT_EQ(lastEntry().to.version, "1.1.0");
  EXPECT_EQ(lastEntry().who, "ana");
  EXPECT_GT(lastEntry().seconds, 60);
  EXPECT_THAT(stack_.reporter.summaryText, HasSubstr("slipway rollback production"));
}

TEST_F(DeployTest, TakesTheWarmVersionAwayForTheNextOne) {
  ASSERT_EQ(deployIt(), kExitOk);
  stack_.addImage("1.2.0");
  request_.version = "1.2.0";
  EXPECT_EQ(deployIt(), kExitOk);
  EXPECT_THAT(stack_.reporter.steps, Contains("retire done"));
  EXPECT_EQ(stack_.proxyHosts, "api-blue");
  EXPECT_THAT(stack_.running(Colour::Blue), ElementsAre("1.2.0", "1.2.0"));
  EXPECT_THAT(stack_.running(Colour::Green), ElementsAre("1.1.0", "1.1.0"));
}

TEST_F(DeployTest, BringsUpAStackThatDoesNotRun) {
  stack_.engine.all.clear();
  std::filesystem::remove(stack_.stack().hosts());
  EXPECT_EQ(deployIt(), kExitOk) << stack_.reporter.summaryText;
  EXPECT_THAT(stack_.reporter.steps,
              ElementsAre("services done", "migrate done", "start done", "validate done",
                          "switch done", "guard done", "finish done"));
  EXPECT_THAT(stack_.running(Colour::Blue), ElementsAre("1.1.0", "1.1.0"));
  EXPECT_EQ(stack_.proxyHosts, "api-blue");
  EXPECT_EQ(lastEntry().from.version, "");
}

TEST_F(DeployTest, LeavesTheEnvFileAsItWasWhenTheFirstDeploymentFails) {
  stack_.engine.all.clear();
  stack_.addImage("1.1.0", {.getsReady = false});
  const auto before = stack_.desired();
  EXPECT_EQ(deployIt(), kExitStart);
  EXPECT_EQ(stack_.desired(), before);
  EXPECT_THAT(stack_.reporter.summaryText, HasSubstr("nothing serves, as before"));
}

TEST_F(DeployTest, NamesTheServingColourToAProxyThatTakesAny) {
  std::filesystem::remove(stack_.stack().hosts());
  EXPECT_EQ(deployIt(), kExitOk) << stack_.reporter.summaryText;
  EXPECT_EQ(stack_.reporter.steps.front(), "proxy done");
  EXPECT_EQ(stack_.proxyHosts, "api-green");
}

TEST_F(DeployTest, GivesAMovingTagANameThatStays) {
  stack_.addImage("latest");
  request_.version = "latest";
  const auto id = stack_.engine.images.at("slipway/slipwayd:latest").id;
  stack_.versions[pinnedVersion("latest", id)] = {};
  EXPECT_EQ(deployIt(), kExitOk) << stack_.reporter.summaryText;
  EXPECT_EQ(stack_.desired().green.version, pinnedVersion("latest", id));
  EXPECT_THAT(stack_.desired().green.version, HasSubstr("latest-"));
}

TEST_F(DeployTest, DryRunShowsThePlanAndChangesNothing) {
  request_.isDryRun = true;
  const auto names = stack_.folder.names();
  const auto env = readEnvFile(stack_.envFile())->text();
  EXPECT_EQ(deployIt(), kExitOk);
  EXPECT_THAT(stack_.reporter.planned,
              ElementsAre("backup", "migrate", "start", "validate", "baseline", "switch", "drain",
                          "guard", "settle", "finish"));
  EXPECT_THAT(stack_.reporter.steps, IsEmpty());
  EXPECT_EQ(stack_.folder.names(), names);
  EXPECT_FALSE(std::filesystem::exists(stack_.stack().lock()));
  EXPECT_EQ(readEnvFile(stack_.envFile())->text(), env);
  EXPECT_THAT(stack_.commands, ElementsAre("config --format json"));
  expectAsBefore();
}

TEST_F(DeployTest, TellsAllProblemsAtOnce) {
  std::filesystem::remove(stack_.envFile());
  std::filesystem::remove(stack_.folder / "docker-compose.production.yml");
  stack_.environment["BLUE_VERSION"] = "1";
  request_.version = "9.9.9";
  EXPECT_EQ(deployIt(), kExitRefused);
  EXPECT_THAT(stack_.reporter.problems,
              AllOf(SizeIs(4), Contains(HasSubstr("slipway init production")),
                    Contains(HasSubstr("docker-compose.production.yml")),
                    Contains(HasSubstr("BLUE_VERSION is set in the environment")),
                    Contains(HasSubstr("9.9.9 is not here and can't be pulled"))));
  EXPECT_THAT(stack_.reporter.steps, IsEmpty());
}

TEST_F(DeployTest, RefusesWithoutAnEngine) {
  stack_.engine.trouble = "the Docker Engine does not answer";
  EXPECT_EQ(deployIt(), kExitRefused);
  EXPECT_THAT(stack_.reporter.problems, Contains("the Docker Engine does not answer"));
}

TEST_F(DeployTest, RefusesWhatIsNoTag) {
  request_.version = "../x y";
  EXPECT_EQ(deployIt(), kExitUsage);
}

TEST_F(DeployTest, RefusesWhileSomebodyElseIsAtIt) {
  const LockHolder ben{"ben", "host2", "rollback production", "2026-01-01T00:00:00", 99};
  const auto lock = OperationLock::take(stack_.stack().lock(), ben);
  ASSERT_TRUE(lock);
  EXPECT_EQ(deployIt(), kExitLocked);
  EXPECT_THAT(stack_.reporter.problems, ElementsAre(HasSubstr("rollback production, by ben")));
  request_.breaksLock = true;
  EXPECT_EQ(deployIt(), kExitOk);
  EXPECT_FALSE(lock->isOurs());
}

TEST_F(DeployTest, StopsWithoutAnotherChangeWhenItsLockIsBroken) {
  std::optional<OperationLock> other;
  stack_.reporter.onStep = [&](const StepEvent& event) {
    if (event.step != "start" || event.kind != StepEvent::Kind::Done) return;
    other.emplace(*OperationLock::seize(stack_.stack().lock(), {"ben", "h", "x", "now", 1}));
  };
  EXPECT_EQ(deployIt(), kExitLocked);
  EXPECT_THAT(stack_.reporter.steps, Not(Contains("start undone")));
  EXPECT_THAT(stack_.running(Colour::Green), SizeIs(2));
}

TEST_F(DeployTest, IsAsBeforeWhenTheBackupFails) {
  stack_.others.backUp = [](const Stack&) -> Result<std::string> {
    return std::unexpected("disk full");
  };
  EXPECT_EQ(deployIt(), kExitBackup);
  expectAsBefore();
  EXPECT_EQ(lastEntry().result, "failed");
  EXPECT_EQ(lastEntry().step, "backup");
  EXPECT_EQ(lastEntry().reason, "disk full");
}

TEST_F(DeployTest, IsAsBeforeWhenMigrationsAreRefused) {
  stack_.failing["run"] = "0004_rename.sql would break 1.0.0";
  EXPECT_EQ(deployIt(), kExitMigrate);
  expectAsBefore();
  EXPECT_THAT(stack_.reporter.summaryText, HasSubstr("would break 1.0.0"));
}

TEST_F(DeployTest, TellsMigrationsWhichVersionRuns) {
  EXPECT_EQ(deployIt(), kExitOk);
  EXPECT_THAT(stack_.commands,
              Contains("run --rm --no-deps -T migrate migrate --json --running 0.1.0"));
}

TEST_F(DeployTest, LeavesMigrationsThatWaitForTheOldVersionToGo) {
  stack_.migrated = R"({"applied":["0004_a.sql"],"waiting":["0005_drop.sql"]})";
  EXPECT_EQ(deployIt(), kExitOk);
  EXPECT_THAT(stack_.reporter.summaryText, HasSubstr("0005_drop.sql"));
  EXPECT_EQ(stack_.desired().version, "1.0.0");  // what Compose by hand migrates with
}

TEST_F(DeployTest, EndsTheOldVersionWhenAskedTo) {
  request_.options.endsWarm = true;
  EXPECT_EQ(deployIt(), kExitOk);
  EXPECT_THAT(stack_.running(Colour::Blue), IsEmpty());
  EXPECT_EQ(stack_.desired(), (DesiredState{"1.1.0", {"1.0.0", 0}, {"1.1.0", 2}}));
  EXPECT_THAT(stack_.commands, Contains("run --rm --no-deps -T migrate migrate --json"));
}

TEST_F(DeployTest, IsAsBeforeWhenAVersionNeverGetsReady) {
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

TEST_F(DeployTest, DoesNotWaitForAVersionThatDies) {
  stack_.addImage("1.1.0", {.diesAtStart = true});
  const auto start = stack_.clock.now();
  EXPECT_EQ(deployIt(), kExitStart);
  EXPECT_LT(stack_.clock.now() - start, std::chrono::seconds(5));
  expectAsBefore();
  EXPECT_THAT(stack_.reporter.summaryText,
              HasSubstr("restarting, exit code 69, started again 2 times"));
}

TEST_F(DeployTest, IsAsBeforeWhenComposeFails) {
  stack_.failing["up"] = "no space left on device";
  EXPECT_EQ(deployIt(), kExitStart);
  expectAsBefore();
}

TEST_F(DeployTest, IsAsBeforeWhenValidationFails) {
  stack_.others.validate = [](const std::string&, const std::string&) -> Result<std::string> {
    return std::unexpected("health is 'degraded'");
  };
  EXPECT_EQ(deployIt(), kExitValidate);
  expectAsBefore();
  EXPECT_THAT(stack_.reporter.steps, Not(Contains("switch done")));
}

TEST_F(DeployTest, ValidatesEachContainerDirectly) {
  std::vector<std::string> tried;
  stack_.others.validate = [&](const std::string& url, const std::string& token) {
    tried.push_back(url + " " + token);
    return Result<std::string>("");
  };
  EXPECT_EQ(deployIt(), kExitOk);
  EXPECT_THAT(tried, ElementsAre("http://10.0.0.6:8000 a.token", "http://10.0.0.7:8000 a.token"));
}

TEST_F(DeployTest, IsAsBeforeWhenTheProxyDoesNotSwitch) {
  stack_.reporter.onStep = [&](const StepEvent& event) {
    if (event.step != "switch") return;
    stack_.switchError = event.kind == StepEvent::Kind::Begun ? "nginx -t failed" : "";
  };
  EXPECT_EQ(deployIt(), kExitSwitch);
  expectAsBefore();
  EXPECT_THAT(stack_.reporter.summaryText, HasSubstr("nginx -t failed"));
}

TEST_F(DeployTest, SeesAProxyThatOnlySaysThatItSwitched) {
  stack_.isProxyDeaf = true;
  EXPECT_EQ(deployIt(), kExitSwitch);
  EXPECT_THAT(stack_.reporter.summaryText, HasSubstr("not stopped sending requests to the old"));
  expectAsBefore();
}

TEST_F(DeployTest, SwitchesBackWhenTheNewVersionAnswersWithErrors) {
  stack_.addImage("1.1.0", {.errorShare = 0.1});
  EXPECT_EQ(deployIt(), kExitGuard);
  expectAsBefore();
  EXPECT_THAT(stack_.reporter.summaryText, HasSubstr("were answered with 5xx"));
  EXPECT_THAT(stack_.reporter.shown, SizeIs(2));
  EXPECT_EQ(lastEntry().step, "guard");
}

TEST_F(DeployTest, SeesErrorsByProbesWhenNobodyElseAsks) {
  stack_.requestsPerSecond = 0;
  stack_.addImage("1.1.0", {.errorShare = 0.2});
  EXPECT_EQ(deployIt(), kExitGuard);
  expectAsBefore();
}

TEST_F(DeployTest, SwitchesBackWhenTheNewVersionIsSlower) {
  stack_.addImage("1.1.0", {.seconds = 0.2});
  EXPECT_EQ(deployIt(), kExitGuard);
  expectAsBefore();
  EXPECT_THAT(stack_.reporter.summaryText, HasSubstr("took longer than 100 ms"));
}

TEST_F(DeployTest, SwitchesBackAtOnceWhenAContainerDies) {
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

TEST_F(DeployTest, SeesAContainerThatWasStartedAgain) {
  stack_.reporter.onStep = [&](const StepEvent& event) {
    if (event.step == "guard") stack_.engine.all.back().startedAt = "later";
  };
  EXPECT_EQ(deployIt(), kExitGuard);
  expectAsBefore();
}

TEST_F(DeployTest, IsUndecidedAndKeepsTheNewVersionWhenThereIsTooLittleToCompare) {
  stack_.requestsPerSecond = 0;
  request_.options.guardSamples = 1000;
  EXPECT_EQ(deployIt(), kExitUndecided);
  EXPECT_EQ(stack_.proxyHosts, "api-green");
  EXPECT_EQ(lastEntry().result, "undecided");
  EXPECT_THAT(stack_.reporter.summaryText, HasSubstr("undecided"));
}

TEST_F(DeployTest, ProbesMakeUpForThinTraffic) {
  stack_.requestsPerSecond = 0;
  EXPECT_EQ(deployIt(), kExitOk) << stack_.reporter.summaryText;
  EXPECT_GT(stack_.answeredBy("1.1.0"), 100U);
}

TEST_F(DeployTest, UndoesWhenItIsInterrupted) {
  stack_.reporter.onStep = [&](const StepEvent& event) {
    if (event.step == "guard") stack_.clock.isInterrupted = true;
  };
  EXPECT_EQ(deployIt(), kExitInterrupted);
  expectAsBefore();
  EXPECT_EQ(lastEntry().reason, "interrupted");
}

TEST_F(DeployTest, SaysThatItCouldNotBeUndone) {
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

TEST_F(DeployTest, WaitsForTheEngineBeforeItUndoes) {
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

TEST_F(DeployTest, RefusesAfterAnOperationThatWasNotUndone) {
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

TEST_F(DeployTest, RemovesImagesBeyondTheLastFiveVersions) {
  for (int i = 1; i <= 7; ++i) {
    request_.version = fmt::format("2.{}.0", i);
    stack_.addImage(request_.version);
    ASSERT_EQ(deployIt(), kExitOk) << stack_.reporter.summaryText;
  }
  EXPECT_THAT(stack_.engine.removedImages, ElementsAre("slipway/slipwayd:2.1.0"));
}

}  // namespace
}  // namespace slipway::ops
