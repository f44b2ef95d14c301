#include "ops/cli/cli.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "base/json.hpp"
#include "ops/cli/exit_codes.hpp"

namespace slipway::ops {
namespace {

class OpsCliTest : public ::testing::Test {
 protected:
  int run(std::vector<std::string> arguments) {
    CommandContext context{.out = out_, .err = err_, .clock = base::systemClock()};
    return runCommandLine(std::move(arguments), context);
  }

  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(OpsCliTest, RefusesWrongUsageInOneLine) {
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{},
                                             {"frobnicate"},
                                             {"init"},
                                             {"init", "development"},
                                             {"init", "staging", "--yaml"},
                                             {"deploy"},
                                             {"deploy", "development"},
                                             {"deploy", "staging", "--strategy", "brave"},
                                             {"deploy", "staging", "--guard-window", "soon"},
                                             {"deploy", "staging", "../x", "--dry-run"},
                                             {"deploy", "staging", "--timeout", "5m"},
                                             {"deploy", "cloud", "1.0.0", "--strategy", "rolling"},
                                             {"deploy", "cloud", "1.0.0", "--guard-window", "60s"},
                                             {"deploy", "cloud", "1.0.0", "--guard-samples", "50"},
                                             {"deploy", "cloud", "1.0.0", "--ready-timeout", "90s"},
                                             {"deploy", "cloud", "1.0.0", "--finish"},
                                             {"deploy", "cloud", "1.0.0", "--timeout", "soon"},
                                             {"finish", "cloud"},
                                             {"recover", "cloud", "--finish"},
                                             {"rollback", "nowhere"},
                                             {"rollback", "staging", "--timeout", "5m"},
                                             {"backup", "create", "nowhere"},
                                             {"status"},
                                             {"history", "staging", "--last", "few"}}) {
    err_.str("");
    EXPECT_EQ(run(arguments), kExitUsage);
    EXPECT_EQ(std::ranges::count(err_.str(), '\n'), 1) << err_.str();
    EXPECT_TRUE(err_.str().starts_with("slipway: ")) << err_.str();
  }
  EXPECT_EQ(out_.str(), "");
}

TEST_F(OpsCliTest, NamesTheOptionThatMeansNothingThere) {
  run({"deploy", "cloud", "1.0.0", "--guard-window", "60s"});
  EXPECT_NE(err_.str().find("leave --guard-window out"), std::string::npos) << err_.str();
}

TEST_F(OpsCliTest, HelpsEverywhere) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{{"--help"},
                                                                     {"init", "--help"},
                                                                     {"version", "--help"},
                                                                     {"deploy", "--help"},
                                                                     {"rollback", "--help"},
                                                                     {"finish", "--help"},
                                                                     {"recover", "--help"},
                                                                     {"status", "--help"},
                                                                     {"history", "--help"}}) {
    out_.str("");
    EXPECT_EQ(run(arguments), kExitOk);
    EXPECT_NE(out_.str().find("Usage"), std::string::npos);
  }
  EXPECT_EQ(err_.str(), "");
}

TEST_F(OpsCliTest, TellsThatNothingWasDeployedYet) {
  EXPECT_EQ(run({"history", "staging", "--directory", "/nonexistent"}), kExitOk);
  EXPECT_EQ(out_.str(), "nothing was deployed by slipway yet\n");
}

TEST_F(OpsCliTest, ShowsThePlanForProgramsAndChangesNothing) {
  EXPECT_EQ(run({"init", "staging", "--directory", "/nonexistent", "--dry-run", "--json"}),
            kExitOk);
  std::istringstream lines(out_.str());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const auto object = base::readJson(line);
    ASSERT_TRUE(object) << line;
    EXPECT_EQ(object->find("outcome")->asString(), "would make");
  }
  EXPECT_GT(count, 10);
  EXPECT_FALSE(std::filesystem::exists("/nonexistent"));
}

}  // namespace
}  // namespace slipway::ops
