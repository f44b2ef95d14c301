#include "ops/autoscale/scale_loop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "ops/autoscale/load_query.hpp"
#include "ops/deploy/fake_stack.hpp"
#include "ops/swarm/fake_swarm.hpp"

namespace slipway::ops {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ScaleLoopTest : public ::testing::Test {
 protected:
  ScaleLoopTest() {
    swarm_.addService("api", "1.0.0", 2);
    clock_.onWait = [this](std::chrono::milliseconds) {
      clock_.isInterrupted = ++looks_ >= wantedLooks_;
    };
  }

  void run(int looks) {
    wantedLooks_ = looks;
    runScaleLoop({.swarm = swarm_,
                  .clock = clock_,
                  .askLoad = [this] { return load_; },
                  .out = out_,
                  .stack = "slipway-cloud",
                  .isDryRun = isDryRun_,
                  .publish = [this](std::string text) { metrics_ = std::move(text); }});
  }

  testing::FakeSwarm swarm_;
  testing::FakeClock clock_;
  Result<Load> load_ = Load{.cpu = 0.6};
  std::ostringstream out_;
  std::string metrics_;
  bool isDryRun_ = false;
  int looks_ = 0;
  int wantedLooks_ = 0;
};

TEST_F(ScaleLoopTest, ScalesAndTellsIt) {
  load_ = Load{.cpu = 1};
  run(1);
  EXPECT_THAT(swarm_.scaled, ElementsAre(4U));
  EXPECT_THAT(out_.str(), HasSubstr("\"Scaling\""));
  EXPECT_THAT(metrics_, HasSubstr("slipway_autoscale_changes_total{direction=\"up\"} 1\n"));
  EXPECT_THAT(metrics_, HasSubstr("slipway_autoscale_replicas 4\n"));
}

TEST_F(ScaleLoopTest, TellsOnlyWhatIsNew) {
  run(5);
  const auto text = out_.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
}

TEST_F(ScaleLoopTest, IsStaticWhenPrometheusIsAway) {
  load_ = std::unexpected("refused");
  run(3);
  EXPECT_THAT(swarm_.scaled, IsEmpty());
  EXPECT_THAT(metrics_, HasSubstr("slipway_autoscale_active 0\n"));
  EXPECT_THAT(out_.str(), HasSubstr("refused"));
}

TEST_F(ScaleLoopTest, HoldsStillWhileADeploymentRuns) {
  load_ = Load{.cpu = 1};
  swarm_.all.front().labels[kFrozenLabel] = "99999999999";
  run(2);
  EXPECT_THAT(swarm_.scaled, IsEmpty());
  swarm_.all.front().labels[kFrozenLabel] = "1";
  swarm_.all.front().update = UpdateState::Updating;
  clock_.isInterrupted = false;
  run(4);
  EXPECT_THAT(swarm_.scaled, IsEmpty());
}

TEST_F(ScaleLoopTest, OutlivesAManagerThatIsAway) {
  swarm_.trouble = "no leader";
  run(2);
  EXPECT_THAT(metrics_, HasSubstr("reason=\"no_figures\""));
}

TEST_F(ScaleLoopTest, ADryRunChangesNothing) {
  load_ = Load{.cpu = 1};
  isDryRun_ = true;
  run(1);
  EXPECT_THAT(swarm_.scaled, IsEmpty());
  EXPECT_THAT(out_.str(), HasSubstr("\"Scaling\""));
}

TEST(LoadQuery, ReadsAnAnswer) {
  const auto read = [](const std::string& result) {
    return readQueryAnswer(R"({"status":"success","data":{"resultType":"vector","result":[)" +
                           result + "]}}");
  };
  EXPECT_EQ(read(R"({"metric":{},"value":[1767323045.1,"0.25"]})").value(), 0.25);
  EXPECT_EQ(read("").value(), std::nullopt);
  EXPECT_EQ(read(R"({"metric":{},"value":[1,"NaN"]})").value(), std::nullopt);
  EXPECT_FALSE(read(R"({"metric":{},"value":[1,"x"]})"));
  EXPECT_FALSE(readQueryAnswer(R"({"status":"error"})"));
  EXPECT_FALSE(readQueryAnswer("<html>"));
}

TEST(LoadQuery, KnowsWherePrometheusIs) {
  EXPECT_EQ(prometheusPlace("http://prometheus:9091/")->port, 9091);
  EXPECT_EQ(prometheusPlace("http://prometheus")->port, 9090);
  for (const auto* const wrong :
       {"https://x:9090", "http://", "http://x:0", "http://x:9/y:9", "x"}) {
    EXPECT_FALSE(prometheusPlace(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace slipway::ops
