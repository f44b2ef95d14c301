#include "ops/swarm/cloud_deploy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/cli/exit_codes.hpp"
#include "ops/deploy/fake_stack.hpp"
#include "ops/deploy/history.hpp"
#include "ops/docker/fake_engine.hpp"
#include "ops/files/state_file.hpp"
#include "ops/swarm/fake_swarm.hpp"

namespace slipway::ops {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FakeSwarm;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;
using Behaviour = FakeSwarm::Behaviour;

constexpr std::string_view kCompose =
    "services:\n"
    "  api:\n"
    "    image: slipway/slipwayd:${API_VERSION:-latest}\n"
    "    deploy: {replicas: ${API_REPLICAS:-2}}\n"
    "    environment:\n"
    "      LOG_LEVEL: ${LOG_LEVEL:-INFO}\n"
    "  migrate: {image: slipway/slipwayd:${VERSION:-latest}}\n"
    "secrets:\n"
    "  secret_key:\n"
    "    name: ${STACK_NAME:-slipway-cloud}_secret_key-${SECRET_KEY_DIGEST:-1}\n"
    "    file: ${SECRETS_DIR:-./secrets/cloud}/secret_key\n"
    "configs:\n"
    "  nginx:\n"
    "    name: x-${NGINX_DIGEST:-1}\n"
    "    file: ./nginx.conf\n";

class CloudDeployTest : public ::testing::Test {
 protected:
  CloudDeployTest() {
    EXPECT_TRUE(makeFolders(folder_ / "secrets/cloud"));
    write("docker-compose.cloud.yml", kCompose);
    write(".env.cloud", "STACK_NAME=slipway-cloud\nLOG_LEVEL=debug\n");
    write("secrets/cloud/secret_key", "0123456789abcdef0123456789abcdef\n");
    write("nginx.conf", "events {}\n");
  }

  void write(const std::string& path, std::string_view text) {
    EXPECT_TRUE(replaceFile(folder_ / path, text));
  }

  CloudOutside outside() {
    return {
        .swarm = swarm_,
        .engine = engine_,
        .clock = clock_,
        .reporter = reporter_,
        .deployStack = [this](const CloudStack&,
                              const StackVariables& variables) { return swarm_.deploy(variables); },
        .backUp = [this]() -> Result<std::string> {
          deployedAtBackup_ = swarm_.deployed.size();
          if (!noBackup_.empty()) return std::unexpected(noBackup_);
          return "cloud-20260102T030405Z";
        },
        .validate = [this](const std::string& url, const std::string&) -> Result<std::string> {
          urls_.push_back(url);
          if (!invalid_.empty()) return std::unexpected(invalid_);
          return "20 passed";
        },
        .variables = [this](const std::string& name) -> std::optional<std::string> {
          const auto found = shell_.find(name);
          return found == shell_.end() ? std::nullopt : std::optional(found->second);
        },
        .who = "ana",
        .host = "host1",
        .pid = 7};
  }

  int change(CloudRequest::Verb verb, const std::string& version, unsigned replicas = 0) {
    auto ways = outside();
    return changeCloud({.verb = verb,
                        .stack = {.environment = "cloud", .folder = folder_.path()},
                        .version = version,
                        .replicas = replicas,
                        .backsUp = backsUp_},
                       ways);
  }
  int deploy(const std::string& version) { return change(CloudRequest::Verb::Deploy, version); }

  CloudStack stack() {
    return findCloudStack({.environment = "cloud", .folder = folder_.path()}, outside().variables)
        .value();
  }

  slipway::testing::TemporaryFolder folder_;
  FakeSwarm swarm_;
  testing::FakeEngine engine_;
  std::map<std::string, std::string> shell_;
  bool backsUp_ = false;
  std::string noBackup_;
  std::optional<std::size_t> deployedAtBackup_;  // changes made before it
  testing::FakeClock clock_;
  testing::RecordingReporter reporter_;
  std::vector<std::string> urls_;
  std::string invalid_;
};

TEST_F(CloudDeployTest, BringsUpTheSchemaBeforeTheFirstTasks) {
  ASSERT_EQ(deploy("1.0.0"), kExitOk) << reporter_.summaryText;
  ASSERT_EQ(swarm_.deployed.size(), 2U);
  EXPECT_THAT(swarm_.deployed.front(), Contains(Pair("API_REPLICAS", "0")));
  EXPECT_EQ(swarm_.deployedWith("API_REPLICAS"), "2");
  EXPECT_EQ(swarm_.deployedWith("LOG_LEVEL"), "debug");
  EXPECT_THAT(reporter_.steps, ElementsAre("migrate done", "update done", "validate done"));
  EXPECT_THAT(urls_, ElementsAre("https://10.0.0.1:443"));
  EXPECT_EQ(stack().version, "1.0.0");
}

TEST_F(CloudDeployTest, LetsTheAutoscalerRestOnlyWhileItRuns) {
  ASSERT_EQ(deploy("1.0.0"), kExitOk);
  EXPECT_NE(swarm_.deployedWith("FROZEN_UNTIL"), "0");
  EXPECT_THAT(swarm_.labels, ElementsAre("slipway.frozen-until=0"));
}

TEST_F(CloudDeployTest, KeepsTheNumberThatTheAutoscalerChose) {
  ASSERT_EQ(deploy("1.0.0"), kExitOk);
  ASSERT_EQ(change(CloudRequest::Verb::Scale, "", 5), kExitOk);
  ASSERT_EQ(deploy("1.1.0"), kExitOk);
  EXPECT_EQ(swarm_.deployedWith("API_REPLICAS"), "5");
  EXPECT_EQ(swarm_.deployedWith("MIGRATE_OPTIONS"), "--running 1.0.0");
}

TEST_F(CloudDeployTest, TellsOfAVersionThatSwarmRolledBackAndShowsItsLog) {
  ASSERT_EQ(deploy("1.0.0"), kExitOk);
  swarm_.versions["1.1.0"] = Behaviour::RollsBack;
  EXPECT_EQ(deploy("1.1.0"), kExitStart);
  EXPECT_THAT(reporter_.summaryText, HasSubstr("rolled back"));
  EXPECT_EQ(swarm_.logsOf.size(), 1U);
  EXPECT_EQ(swarm_.serving(), "1.0.0");
  EXPECT_EQ(stack().version, "1.0.0");
  EXPECT_EQ(readHistory(stack().history())->entries.back().result, "undone");
}

TEST_F(CloudDeployTest, TakesBackWhatIsNotReadyInTime) {
  ASSERT_EQ(deploy("1.0.0"), kExitOk);
  swarm_.versions["1.1.0"] = Behaviour::NeverReady;
  EXPECT_EQ(deploy("1.1.0"), kExitStart);
  EXPECT_THAT(reporter_.summaryText, HasSubstr("within 300 s"));
  EXPECT_EQ(swarm_.serving(), "1.0.0");
}

TEST_F(CloudDeployTest, TakesBackWhatDoesNotPassItsValidation) {
  ASSERT_EQ(deploy("1.0.0"), kExitOk);
  invalid_ = "POST /users: 500";
  EXPECT_EQ(deploy("1.1.0"), kExitValidate);
  EXPECT_EQ(swarm_.serving(), "1.0.0");
  EXPECT_THAT(reporter_.summaryText, HasSubstr("POST /users: 500"));
}

TEST_F(CloudDeployTest, ReplacesNoTaskWhenMigrationsFail) {
  ASSERT_EQ(deploy("1.0.0"), kExitOk);
  swarm_.versions["1.1.0"] = Behaviour::MigrationFails;
  EXPECT_EQ(deploy("1.1.0"), kExitMigrate);
  EXPECT_EQ(swarm_.serving(), "1.0.0");
}

TEST_F(CloudDeployTest, GoesBackToWhatServedBefore) {
  ASSERT_EQ(deploy("1.0.0"), kExitOk);
  ASSERT_EQ(deploy("1.1.0"), kExitOk);
  ASSERT_EQ(change(CloudRequest::Verb::Rollback, ""), kExitOk);
  EXPECT_EQ(swarm_.serving(), "1.0.0");
  // No schema is made older.
  EXPECT_EQ(swarm_.deployedWith("VERSION"), "1.1.0");
}

TEST_F(CloudDeployTest, RefusesWithoutNodesForDataAndProxy) {
  swarm_.allNodes.front().labels.clear();
  EXPECT_EQ(deploy("1.0.0"), kExitRefused);
  EXPECT_THAT(swarm_.deployed, IsEmpty());
  EXPECT_THAT(reporter_.problems, Contains(HasSubstr("--label-add slipway.proxy=true")));
}

TEST_F(CloudDeployTest, RefusesToScaleOrGoBackWhereNothingServes) {
  EXPECT_EQ(change(CloudRequest::Verb::Rollback, ""), kExitRefused);
  EXPECT_EQ(change(CloudRequest::Verb::Scale, "", 3), kExitRefused);
}

TEST_F(CloudDeployTest, UndoesAlsoWhatWasInterrupted) {
  ASSERT_EQ(deploy("1.0.0"), kExitOk);
  swarm_.versions["1.1.0"] = Behaviour::NeverReady;
  clock_.onWait = [this](std::chrono::milliseconds) { clock_.isInterrupted = true; };
  EXPECT_EQ(deploy("1.1.0"), kExitInterrupted);
  EXPECT_EQ(swarm_.serving(), "1.0.0");
}

TEST_F(CloudDeployTest, GivesUpSoonWhenTheSwarmLosesItsManagers) {
  ASSERT_EQ(deploy("1.0.0"), kExitOk);
  reporter_.onStep = [this](const StepEvent& event) {
    if (event.step == "update") swarm_.trouble = "no leader";
  };
  const auto begun = clock_.now();
  EXPECT_EQ(change(CloudRequest::Verb::Scale, "", 5), kExitNotUndone);
  EXPECT_LE(clock_.now() - begun, std::chrono::seconds{40});
  EXPECT_THAT(reporter_.summaryText, HasSubstr("no leader"));
}

TEST_F(CloudDeployTest, BacksUpBeforeTheSchemaChanges) {
  backsUp_ = true;
  engine_.all.push_back({.id = "container-of-db"});
  ASSERT_EQ(deploy("1.0.0"), kExitOk);
  EXPECT_FALSE(deployedAtBackup_) << "there was nothing to back up";
  ASSERT_EQ(deploy("1.1.0"), kExitOk);
  EXPECT_EQ(deployedAtBackup_, 2U);
  ASSERT_EQ(deploy("1.1.0"), kExitOk);
  EXPECT_EQ(deployedAtBackup_, 4U) << "migrations that waited are applied then";
}

TEST_F(CloudDeployTest, ChangesNothingWithoutTheBackupThatIsWanted) {
  ASSERT_EQ(deploy("1.0.0"), kExitOk);
  const auto changes = swarm_.deployed.size();
  backsUp_ = true;
  engine_.all.push_back({.id = "container-of-db"});
  noBackup_ = "no space left";
  EXPECT_EQ(deploy("1.1.0"), kExitBackup);
  EXPECT_EQ(swarm_.deployed.size(), changes);
  EXPECT_THAT(reporter_.summaryText, HasSubstr("no space left; 1.0.0 serves as before"));
}

TEST_F(CloudDeployTest, SaysWhereABackupCanBeMade) {
  ASSERT_EQ(deploy("1.0.0"), kExitOk);
  backsUp_ = true;
  EXPECT_EQ(deploy("1.1.0"), kExitRefused);
  EXPECT_THAT(reporter_.problems, Contains(HasSubstr("run this on one, as a manager")));
  EXPECT_THAT(reporter_.problems, Contains(HasSubstr("--skip-backup")));
  backsUp_ = false;
  EXPECT_EQ(deploy("1.1.0"), kExitOk);
}

TEST_F(CloudDeployTest, TakesWhatIsDeployedFromTheFileAlone) {
  shell_ = {{"VERSION", "9.9.9"}, {"API_VERSION", "9.9.9"}, {"API_REPLICAS", "9"}};
  EXPECT_THAT(stack().settings, Not(Contains(Key("VERSION"))));
  ASSERT_EQ(deploy("1.0.0"), kExitOk);
  EXPECT_THAT(stack().settings,
              IsSupersetOf({Pair("VERSION", "1.0.0"), Pair("API_VERSION", "1.0.0"),
                            Pair("API_REPLICAS", "2")}));
  shell_["LOG_LEVEL"] = "warning";
  EXPECT_THAT(stack().settings, Contains(Pair("LOG_LEVEL", "warning")));
}

TEST_F(CloudDeployTest, NamesOfSecretsChangeWithTheirContentsAlone) {
  const auto before = digests(stack()).value();
  ASSERT_EQ(before.size(), 2U);
  EXPECT_EQ(digests(stack()).value(), before);
  write("nginx.conf", "events { }\n");
  const auto after = digests(stack()).value();
  EXPECT_NE(after, before);
  EXPECT_THAT(after, Contains(before.back()));  // the secret's
}

}  // namespace
}  // namespace slipway::ops
