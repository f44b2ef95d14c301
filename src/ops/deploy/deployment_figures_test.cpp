#include "ops/deploy/deployment_figures.hpp"

#include <gtest/gtest.h>

#include "base/temporary_folder_test_support.hpp"
#include "ops/files/state_file.hpp"

namespace slipway::ops {
namespace {

constexpr base::Timestamp kWhen{std::chrono::microseconds(1'763'848'204'467'741)};

HistoryEntry entry(const std::string& version, const std::string& result) {
  HistoryEntry entry{.verb = "deploy", .result = result};
  entry.to.version = version;
  return entry;
}

class DeploymentFiguresTest : public ::testing::Test {
 protected:
  std::string told() const { return readStateFile(metrics_ / "deployment.prom")->value_or(""); }

  slipway::testing::TemporaryFolder folder_;
  const std::filesystem::path metrics_ = folder_.path() / "metrics";
};

TEST_F(DeploymentFiguresTest, TellWhichVersionServesSinceWhen) {
  ASSERT_TRUE(tellDeployment(metrics_, entry("1.4.0", "deployed"), kWhen));
  EXPECT_EQ(told(),
            "# HELP slipway_deployment_timestamp_seconds When the version that serves was put "
            "there.\n# TYPE slipway_deployment_timestamp_seconds gauge\n"
            "slipway_deployment_timestamp_seconds{version=\"1.4.0\",verb=\"deploy\"} 1763848204\n");
  ASSERT_TRUE(tellDeployment(metrics_, entry("1.5.0", "undecided"), kWhen));
  EXPECT_NE(told().find("1.5.0"), std::string::npos);
  EXPECT_EQ(told().find("1.4.0"), std::string::npos);
}

TEST_F(DeploymentFiguresTest, TellNothingOfWhatChangedNothing) {
  for (const auto* const result : {"failed", "undone", "not undone", "finished"}) {
    ASSERT_TRUE(tellDeployment(metrics_, entry("1.4.0", result), kWhen));
    EXPECT_EQ(told(), "") << result;
  }
}

TEST_F(DeploymentFiguresTest, SayWhatIsInTheWay) {
  ASSERT_TRUE(replaceFile(metrics_, "a file"));
  EXPECT_FALSE(tellDeployment(metrics_, entry("1.4.0", "deployed"), kWhen));
}

}  // namespace
}  // namespace slipway::ops
