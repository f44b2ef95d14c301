#include "ops/deploy/deploy.hpp"

#include "ops/cli/exit_codes.hpp"
#include "ops/deploy/deploy_test_support.hpp"

namespace slipway::ops {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using testing::DeployTest;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

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
