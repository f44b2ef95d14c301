#include "ops/init/init_plan.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <set>

#include "base/base64url.hpp"
#include "base/hmac.hpp"
#include "base/temporary_folder_test_support.hpp"

namespace slipway::ops {
namespace {

namespace fs = std::filesystem;

class InitPlanTest : public ::testing::Test {
 protected:
  InitPlan plan(std::string_view environment = "production") const {
    return planInit({.environment = findStackEnvironment(environment).value(),
                     .directory = directory_,
                     .tlsHosts = {"localhost", "127.0.0.1"},
                     .now = base::systemClock().now(),
                     .keepOwner = geteuid() != 0});
  }

  std::string read(const std::string& path) const {
    std::ifstream file(directory_ / path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  struct stat status(const std::string& path) const {
    struct stat found{};
    EXPECT_EQ(stat((directory_ / path).c_str(), &found), 0) << path;
    return found;
  }

  slipway::testing::TemporaryFolder folder_;
  const fs::path directory_ = folder_.path();
};

TEST_F(InitPlanTest, PlanningTouchesNothing) {
  EXPECT_FALSE(plan().files.empty());
  EXPECT_TRUE(fs::is_empty(directory_));
}

TEST_F(InitPlanTest, ASwarmHasItsOwnFiles) {
  const auto results = carryOut(planInit({.environment = findInitEnvironment("cloud").value(),
                                          .directory = directory_,
                                          .tlsHosts = {"localhost"},
                                          .now = base::systemClock().now(),
                                          .keepOwner = geteuid() != 0}));
  ASSERT_TRUE(results) << results.error();
  EXPECT_TRUE(fs::exists(directory_ / "secrets/cloud/tls/privkey.pem"));
  const auto settings = read(".env.cloud");
  EXPECT_NE(settings.find("STACK_NAME=slipway-cloud\n"), std::string::npos);
  // What is deployed is not decided here.
  EXPECT_EQ(settings.find("BLUE_"), std::string::npos);
  EXPECT_FALSE(findStackEnvironment("cloud"));
}

TEST_F(InitPlanTest, MakesEveryFileOnce) {
  const auto results = carryOut(plan());
  ASSERT_TRUE(results) << results.error();
  for (const auto& result : *results) {
    EXPECT_EQ(result.outcome, FileOutcome::Made) << result.path;
    EXPECT_TRUE(fs::exists(directory_ / result.path)) << result.path;
  }
  EXPECT_EQ(read(".env.production").find("SECRETS_DIR=./secrets/production") == std::string::npos,
            false);
}

TEST_F(InitPlanTest, NeverOverwrites) {
  ASSERT_TRUE(carryOut(plan()));
  const auto before = read("secrets/production/secret_key");
  const auto certificate = read("secrets/production/tls/fullchain.pem");
  const auto again = carryOut(plan());
  ASSERT_TRUE(again);
  for (const auto& result : *again) EXPECT_EQ(result.outcome, FileOutcome::Kept) << result.path;
  EXPECT_EQ(read("secrets/production/secret_key"), before);
  EXPECT_EQ(read("secrets/production/tls/fullchain.pem"), certificate);
}

TEST_F(InitPlanTest, SecretsAreForTheirReaderAlone) {
  ASSERT_TRUE(carryOut(plan()));
  for (const auto* const name : {"secret_key",
                                 "database_url",
                                 "migration_database_url",
                                 "redis_url",
                                 "redis_password",
                                 "db_superuser_password",
                                 "db_owner_password",
                                 "db_app_password",
                                 "db_private_key",
                                 "tls/privkey.pem",
                                 "scrape_token",
                                 "db_monitor_password",
                                 "postgres_exporter_password",
                                 "redis_monitor_password",
                                 "redis_exporter_password",
                                 "alert_receivers.yml",
                                 "grafana_admin_password",
                                 "elastic_password",
                                 "logs_writer_password",
                                 "logs_reader_password"}) {
    const auto found = status(std::string("secrets/production/") + name);
    EXPECT_EQ(found.st_mode & 07777U, 0600U) << name;
  }
  EXPECT_EQ(status("secrets").st_mode & 07777U, 0700U);
  if (geteuid() == 0) {
    EXPECT_EQ(status("secrets/production/secret_key").st_uid, 1001U);
    EXPECT_EQ(status("secrets/production/db_private_key").st_uid, 999U);
    EXPECT_EQ(status("secrets/production/tls").st_uid, 101U);
  }
}

TEST_F(InitPlanTest, SecretsDiffer) {
  ASSERT_TRUE(carryOut(plan()));
  ASSERT_TRUE(carryOut(plan("staging")));
  std::set<std::string> seen;
  for (const std::string environment : {"production", "staging"}) {
    for (const std::string name : {"secret_key", "redis_password", "db_superuser_password",
                                   "db_owner_password", "db_app_password", "db_private_key"}) {
      const auto content = read("secrets/" + environment + "/" + name);
      EXPECT_GE(content.size(), 48U) << name;
      EXPECT_TRUE(seen.insert(content).second) << environment << " " << name;
    }
  }
}

TEST_F(InitPlanTest, UrlsHaveTheirPasswords) {
  ASSERT_TRUE(carryOut(plan()));
  auto password = read("secrets/production/db_app_password");
  password.pop_back();
  EXPECT_TRUE(read("secrets/production/database_url")
                  .starts_with("postgresql://slipway_app:" + password + "@db:5432/slipway?"));
}

TEST_F(InitPlanTest, TheScrapeTokenIsSignedWithTheKey) {
  fs::create_directories(directory_ / "secrets/production");
  std::ofstream(directory_ / "secrets/production/secret_key")
      << "0123456789abcdef0123456789abcdef\n";
  ASSERT_TRUE(carryOut(plan()));
  const auto token = read("secrets/production/scrape_token");
  const auto dot = token.rfind('.');
  ASSERT_NE(dot, std::string::npos);
  const base::HmacSha256 hmac(base::Secret("0123456789abcdef0123456789abcdef"));
  EXPECT_EQ(token.substr(dot + 1), base::encodeBase64Url(hmac.sign(token.substr(0, dot))) + "\n");
  const auto first = token.find('.');
  const auto claims = base::decodeBase64Url(token.substr(first + 1, dot - first - 1));
  ASSERT_TRUE(claims);
  EXPECT_NE(claims->find(R"("scope":"ops")"), std::string::npos) << *claims;
}

TEST_F(InitPlanTest, ExportersHaveThePasswordsOfTheirServers) {
  ASSERT_TRUE(carryOut(plan()));
  EXPECT_EQ(read("secrets/production/postgres_exporter_password"),
            read("secrets/production/db_monitor_password"));
  auto password = read("secrets/production/redis_monitor_password");
  password.pop_back();
  EXPECT_EQ(read("secrets/production/redis_exporter_password"),
            R"({"redis://monitor@cache:6379": ")" + password + "\"}\n");
}

TEST_F(InitPlanTest, TakesPasswordsThatAreThere) {
  fs::create_directories(directory_ / "secrets/production");
  std::ofstream(directory_ / "secrets/production/redis_password") << "chosen\n";
  ASSERT_TRUE(carryOut(plan()));
  EXPECT_EQ(read("secrets/production/redis_url"), "redis://slipway:chosen@cache:6379/0\n");
}

TEST_F(InitPlanTest, RefusesHalfAPair) {
  fs::create_directories(directory_ / "secrets/production/tls");
  std::ofstream(directory_ / "secrets/production/tls/fullchain.pem") << "mine\n";
  const auto results = carryOut(plan());
  ASSERT_FALSE(results);
  EXPECT_NE(results.error().find("fullchain.pem"), std::string::npos) << results.error();
  EXPECT_EQ(read("secrets/production/tls/fullchain.pem"), "mine\n");
}

TEST_F(InitPlanTest, SaysWhatCouldNotBeWritten) {
  std::ofstream(directory_ / "secrets") << "in the way";
  const auto results = carryOut(plan());
  ASSERT_FALSE(results);
  EXPECT_NE(results.error().find("secrets"), std::string::npos) << results.error();
}

TEST(StackEnvironmentTest, KnowsTwo) {
  EXPECT_TRUE(findStackEnvironment("staging"));
  EXPECT_TRUE(findStackEnvironment("production"));
  EXPECT_FALSE(findStackEnvironment("development"));
  EXPECT_NE(findStackEnvironment("staging")->httpsPort,
            findStackEnvironment("production")->httpsPort);
}

}  // namespace
}  // namespace slipway::ops
