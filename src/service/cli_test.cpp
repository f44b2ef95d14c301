#include "service/cli.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "base/json.hpp"
#include "base/secret.hpp"
#include "platform/test_support.hpp"
#include "platform/token.hpp"
#include "service/exit_codes.hpp"

namespace slipway::service {
namespace {

constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef";

class CliTest : public ::testing::Test {
 protected:
  int run(std::vector<std::string> arguments, Environment environment = {}) {
    CommandContext context{.environment = std::move(environment),
                           .out = out_,
                           .err = err_,
                           .clock = base::systemClock(),
                           .serve = [this](const Settings& settings) {
                             servedPort_ = settings.port;
                             return 42;
                           }};
    return runCommandLine(std::move(arguments), context);
  }

  std::string out() const { return out_.str(); }
  std::string err() const { return err_.str(); }

  std::ostringstream out_;
  std::ostringstream err_;
  int servedPort_ = 0;
};

TEST_F(CliTest, ServesWithoutAVerb) {
  EXPECT_EQ(run({}, {{"PORT", "9001"}}), 42);
  EXPECT_EQ(servedPort_, 9001);
}

TEST_F(CliTest, ServesWithItsVerb) { EXPECT_EQ(run({"serve"}), 42); }

TEST_F(CliTest, ListsEveryProblemAndServesNothing) {
  EXPECT_EQ(run({"serve"}, {{"PORT", "http"}, {"AUTH", "maybe"}}), kExitConfiguration);
  EXPECT_NE(err().find("slipwayd: PORT:"), std::string::npos) << err();
  EXPECT_NE(err().find("slipwayd: AUTH:"), std::string::npos) << err();
  EXPECT_EQ(servedPort_, 0);
}

TEST_F(CliTest, RefusesUnknownVerbsAndOptionsInOneLine) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"frobnicate"}, {"--port", "80"}, {"version", "--yaml"}, {"serve", "now"}}) {
    err_.str("");
    EXPECT_EQ(run(arguments), kExitUsage) << arguments.front();
    EXPECT_EQ(std::ranges::count(err(), '\n'), 1) << err();
    EXPECT_NE(err().find("--help"), std::string::npos) << err();
  }
  EXPECT_EQ(out(), "");
}

TEST_F(CliTest, HelpsEverywhere) {
  for (const auto* const verb :
       {"serve", "migrate", "healthcheck", "selfcheck", "config", "token", "openapi", "version"}) {
    out_.str("");
    EXPECT_EQ(run({verb, "--help"}), kExitOk) << verb;
    EXPECT_NE(out().find("slipwayd"), std::string::npos) << verb;
  }
  out_.str("");
  EXPECT_EQ(run({"--help"}), kExitOk);
  EXPECT_NE(out().find("healthcheck"), std::string::npos);
  EXPECT_NE(out().find("Exit codes"), std::string::npos);
  EXPECT_EQ(err(), "");
}

TEST_F(CliTest, ConfigMasksSecrets) {
  EXPECT_EQ(run({"config"}, {{"SECRET_KEY", std::string(kKey)}}), kExitOk);
  EXPECT_EQ(out().find(kKey), std::string::npos);
  EXPECT_NE(out().find(base::kMasked), std::string::npos);
}

TEST_F(CliTest, ConfigTellsValuesAndSourcesToPrograms) {
  EXPECT_EQ(run({"config", "--json"}, {{"PORT", "9001"}}), kExitOk);
  const auto document = base::readJson(out());
  ASSERT_TRUE(document) << out();
  EXPECT_EQ(document->find("PORT")->find("value")->asString(), "9001");
  EXPECT_EQ(document->find("PORT")->find("source")->asString(), "environment");
  EXPECT_EQ(document->find("HOST")->find("source")->asString(), "default");
}

TEST_F(CliTest, ConfigDescribesEverySetting) {
  EXPECT_EQ(run({"config", "--markdown"}, {{"PORT", "wrong"}}), kExitOk);
  for (const auto& setting : describeSettings()) {
    EXPECT_NE(out().find(setting.name), std::string::npos) << setting.name;
  }
}

TEST_F(CliTest, MigratesAsFarAsARunningVersionCanDoWith) {
  const slipway::testing::TemporaryFolder folder;
  const Environment settings{{"DATABASE_URL", "sqlite:///" + folder.file("test.db")}};
  EXPECT_EQ(run({"migrate", "--plan", "--json"}, settings), kExitOk) << err();
  auto plan = base::readJson(out());
  ASSERT_TRUE(plan) << out();
  EXPECT_EQ(plan->find("pending")->asArray().front().find("oldest_service")->asString(), "0.1.0");
  EXPECT_TRUE(plan->find("oldest_service")->isNull());
  out_.str("");
  EXPECT_EQ(run({"migrate", "--running", "0.1.0", "--json"}, settings), kExitOk) << err();
  EXPECT_NE(out().find("0001_users.sql"), std::string::npos) << out();
  EXPECT_NE(out().find("\"waiting\":[]"), std::string::npos) << out();
  out_.str("");
  EXPECT_EQ(run({"migrate", "--plan", "--json"}, settings), kExitOk) << err();
  EXPECT_EQ(out(), "{\"pending\":[],\"oldest_service\":\"0.1.0\"}\n");
}

TEST_F(CliTest, RefusesMigrationsThatWouldBreakARunningVersion) {
  const slipway::testing::TemporaryFolder folder;
  const Environment settings{{"DATABASE_URL", "sqlite:///" + folder.file("test.db")}};
  EXPECT_EQ(run({"migrate", "--running", "0.0.1"}, settings), kExitUnavailable);
  EXPECT_NE(err().find("0001_users.sql needs every running version to be 0.1.0"), std::string::npos)
      << err();
  EXPECT_EQ(run({"migrate", "--running", "latest"}, settings), kExitUsage);
}

TEST_F(CliTest, MakesTokensThatTheServiceAccepts) {
  EXPECT_EQ(run({"token", "--scope", "users:read ops", "--ttl", "5m", "--subject", "ann"},
                {{"SECRET_KEY", std::string(kKey)}, {"JWT_ISSUER", "me"}}),
            kExitOk);
  auto token = out();
  ASSERT_TRUE(token.ends_with('\n'));
  token.pop_back();
  const platform::TokenVerifier verifier(
      {.key = base::Secret(std::string(kKey)), .issuer = "me", .audience = "slipway"},
      base::systemClock());
  const auto claims = verifier.verify(token);
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->subject, "ann");
  EXPECT_TRUE(claims->hasScope("users:read"));
  EXPECT_TRUE(claims->hasScope("ops"));
  EXPECT_FALSE(claims->hasScope("users:write"));
}

TEST_F(CliTest, RefusesTokensThatMakeNoSense) {
  const Environment good{{"SECRET_KEY", std::string(kKey)}};
  EXPECT_EQ(run({"token", "--scope", "users:admin"}, good), kExitUsage);
  EXPECT_EQ(run({"token", "--scope", ""}, good), kExitUsage);
  EXPECT_EQ(run({"token"}, good), kExitUsage);
  EXPECT_EQ(run({"token", "--scope", "ops", "--ttl", "soon"}, good), kExitUsage);
  EXPECT_EQ(run({"token", "--scope", "ops"}), kExitConfiguration);
  EXPECT_EQ(run({"token", "--scope", "ops"}, {{"SECRET_KEY", "short"}}), kExitConfiguration);
  EXPECT_EQ(out(), "");
}

TEST_F(CliTest, HealthcheckFailsWhenNobodyAnswers) {
  EXPECT_EQ(run({"healthcheck"}, {{"PORT", "1"}, {"AUTH", "nonsense"}}), kExitFailure);
  EXPECT_NE(err().find("127.0.0.1:1 does not answer"), std::string::npos) << err();
}

TEST_F(CliTest, HealthcheckNeedsAPort) {
  EXPECT_EQ(run({"healthcheck"}, {{"PORT", "0"}}), kExitConfiguration);
}

TEST_F(CliTest, PrintsTheVersionAndTheDocument) {
  EXPECT_EQ(run({"version", "--json"}), kExitOk);
  EXPECT_TRUE(base::readJson(out())->find("version"));
  out_.str("");
  EXPECT_EQ(run({"openapi"}), kExitOk);
  const auto document = base::readJson(out());
  ASSERT_TRUE(document);
  EXPECT_TRUE(document->find("paths")->find("/users/{user_id}"));
}

TEST_F(CliTest, MigratesOnce) {
  EXPECT_EQ(run({"migrate", "--json"}, {{"DATABASE_URL", "sqlite://"}}), kExitOk) << err();
  const auto report = base::readJson(out());
  ASSERT_TRUE(report) << out();
  EXPECT_FALSE(report->find("applied")->asArray().empty());
}

}  // namespace
}  // namespace slipway::service
