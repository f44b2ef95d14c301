#include "ops/validate/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway::ops {
namespace {

using ::testing::HasSubstr;
using Milliseconds = LoadFigures::Milliseconds;

TEST(LoadFigures, AreOfTheNearestRank) {
  std::vector<Milliseconds> latencies;
  for (int i = 100; i > 0; --i) latencies.emplace_back(i);
  LoadFigures figures;
  summarise(figures, latencies);
  EXPECT_EQ(figures.mean.count(), 50.5);
  EXPECT_EQ(figures.p50.count(), 50);
  EXPECT_EQ(figures.p95.count(), 95);
  EXPECT_EQ(figures.p99.count(), 99);
  EXPECT_EQ(figures.max.count(), 100);
}

TEST(LoadFigures, OfOneRequestAreThatOne) {
  std::vector<Milliseconds> latencies{Milliseconds(7)};
  LoadFigures figures;
  summarise(figures, latencies);
  EXPECT_EQ(figures.p50.count(), 7);
  EXPECT_EQ(figures.p99.count(), 7);
  std::vector<Milliseconds> none;
  LoadFigures nothing;
  summarise(nothing, none);
  EXPECT_EQ(nothing.max.count(), 0);
}

class LoadThresholds : public ::testing::Test {
 protected:
  Check judged() const { return judge(figures_, plan_, thresholds_); }

  LoadPlan plan_{.requests = 100};
  Thresholds thresholds_;
  LoadFigures figures_{.requests = 100, .mean = Milliseconds(199), .p99 = Milliseconds(900)};
};

TEST_F(LoadThresholds, AreTheMeanAndTheErrorsUnlessAsked) {
  EXPECT_EQ(judged().outcome, Check::Outcome::Passed);
  thresholds_.p99 = Milliseconds(500);
  EXPECT_THAT(judged().detail, HasSubstr("p99 900.0 ms, the limit is 500"));
}

TEST_F(LoadThresholds, AreNotReached) {
  figures_.mean = Milliseconds(200);
  EXPECT_THAT(judged().detail, HasSubstr("mean 200.0 ms, the limit is 200"));
}

TEST_F(LoadThresholds, CountErrorsByTheirShare) {
  figures_.errors = 1;
  EXPECT_THAT(judged().detail, HasSubstr("1 errors, 1.00 %, the limit is 1.00"));
  figures_.requests = 1000;
  EXPECT_EQ(judged().outcome, Check::Outcome::Passed);
  thresholds_.errorPercent = 0;
  EXPECT_EQ(judged().outcome, Check::Outcome::Failed);
}

TEST_F(LoadThresholds, FailALoadThatIsCutShort) {
  figures_.requests = 99;
  EXPECT_THAT(judged().detail, HasSubstr("only 99 of 100 requests"));
}

}  // namespace
}  // namespace slipway::ops
