#include "ops/autoscale/decision.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <vector>

namespace slipway::ops {
namespace {

using std::chrono::seconds;

constexpr seconds kLook{10};

/// Plays a series: a look each ten seconds, with what `loadAt` says for that many replicas; what is
/// decided is there at the next look.
class DecisionTest : public ::testing::Test {
 protected:
  using LoadAt = std::function<std::optional<Load>(seconds, unsigned)>;

  void play(seconds length, const LoadAt& loadAt) {
    for (const auto end = now_ + length; now_ < end; now_ += kLook) {
      const Situation situation{.now = base::Timestamp(now_),
                                .wanted = replicas_,
                                .running = replicas_,
                                .isFrozen = isFrozen_,
                                .load = loadAt(now_, replicas_)};
      last_ = decide(rules_, situation, memory_);
      memory_ = remember(std::move(memory_), rules_, situation, last_);
      if (last_.replicas != replicas_) changes_.push_back({now_, last_.replicas});
      replicas_ = last_.replicas;
    }
  }

  /// `work` replicas' worth of CPU, shared.
  static LoadAt shared(double work) {
    return [work](seconds, unsigned replicas) { return Load{.cpu = work / replicas}; };
  }
  static std::optional<Load> nothing(seconds /*at*/, unsigned /*replicas*/) { return std::nullopt; }

  struct Change {
    seconds at;
    unsigned replicas;
  };
  ScaleRules rules_;
  ScaleMemory memory_;
  unsigned replicas_ = 2;
  bool isFrozen_ = false;
  seconds now_{1'000'000};
  ScaleDecision last_;
  std::vector<Change> changes_;
};

TEST_F(DecisionTest, LeavesWhatIsAtItsTarget) {
  play(seconds(1000), shared(2 * 0.63));
  EXPECT_TRUE(changes_.empty());
  EXPECT_EQ(last_.reason, Reason::Enough);
}

TEST_F(DecisionTest, GoesUpAtTheFirstLook) {
  play(kLook, shared(2.0));
  ASSERT_EQ(changes_.size(), 1U);
  EXPECT_EQ(replicas_, 4U);
  EXPECT_EQ(last_.signal, "cpu");
}

TEST_F(DecisionTest, WaitsForAChangeToShowBeforeTheNext) {
  play(seconds(100), shared(6.0));
  ASSERT_GE(changes_.size(), 2U);
  EXPECT_EQ(changes_[1].at - changes_[0].at, rules_.upCoolDown);
}

TEST_F(DecisionTest, EachSignalAloneIsEnough) {
  for (const Load& load : {Load{.cpu = 0.9}, Load{.saturation = 0.9}, Load{.queueSeconds = 0.1},
                           Load{.p99Seconds = 1}}) {
    const Situation situation{.now = {}, .wanted = 2, .running = 2, .load = load};
    EXPECT_EQ(decide(rules_, situation, {}).reason, Reason::Up);
  }
}

TEST_F(DecisionTest, TakesNoStepBeyondItsLimit) {
  const Situation situation{.now = {}, .wanted = 2, .running = 2, .load = Load{.p99Seconds = 60}};
  EXPECT_EQ(decide(rules_, situation, {}).replicas, 4U);
}

TEST_F(DecisionTest, WhatIsNoNumberSaysNothing) {
  const Situation situation{
      .now = {},
      .wanted = 2,
      .running = 2,
      .load = Load{.cpu = 0.6, .p99Seconds = std::numeric_limits<double>::quiet_NaN()}};
  EXPECT_EQ(decide(rules_, situation, {}).reason, Reason::Enough);
}

TEST_F(DecisionTest, GoesDownOnlyAfterTheWholeWindowOneByOne) {
  replicas_ = 5;
  play(seconds(290), shared(0.1));
  EXPECT_TRUE(changes_.empty());
  EXPECT_EQ(last_.reason, Reason::Window);
  play(seconds(1000), shared(0.1));
  ASSERT_EQ(changes_.size(), 3U);
  EXPECT_EQ(changes_[0].replicas, 4U);
  EXPECT_EQ(changes_[1].at - changes_[0].at, rules_.downWindow);
  EXPECT_EQ(replicas_, rules_.min);
}

TEST_F(DecisionTest, OnePeakInTheWindowKeepsWhatIsThere) {
  replicas_ = 5;
  const auto start = now_;
  play(seconds(1200), [start](seconds at, unsigned replicas) {
    const bool isPeak = (at - start).count() % 200 == 0;
    return Load{.cpu = (isPeak ? 3.0 : 0.1) / replicas};
  });
  EXPECT_TRUE(changes_.empty());
}

TEST_F(DecisionTest, DoesNotSwing) {
  // Load that five replicas carry and two don't: up once, and then it stays.
  play(seconds(3600), shared(2.7));
  EXPECT_LE(changes_.size(), 2U);
  EXPECT_GE(replicas_, 4U);
}

TEST_F(DecisionTest, HoldsStillDuringADeploymentAndForgetsTheWindow) {
  replicas_ = 5;
  play(seconds(290), shared(0.1));
  isFrozen_ = true;
  play(seconds(600), shared(9.0));
  EXPECT_TRUE(changes_.empty());
  EXPECT_EQ(last_.reason, Reason::Frozen);
  isFrozen_ = false;
  play(seconds(290), shared(0.1));
  EXPECT_TRUE(changes_.empty());
}

TEST_F(DecisionTest, IsStaticWithoutFigures) {
  replicas_ = 5;
  play(seconds(3600), nothing);
  EXPECT_TRUE(changes_.empty());
  EXPECT_EQ(last_.reason, Reason::NoFigures);
}

TEST_F(DecisionTest, WaitsForReplicasThatStart) {
  const Situation situation{.now = {}, .wanted = 3, .running = 2, .load = Load{.cpu = 1}};
  EXPECT_EQ(decide(rules_, situation, {}).reason, Reason::Starting);
}

TEST_F(DecisionTest, StaysWithinMinimumAndMaximum) {
  rules_.max = 3;
  play(seconds(600), shared(9.0));
  EXPECT_EQ(replicas_, 3U);
  EXPECT_EQ(last_.reason, Reason::AtMaximum);
  replicas_ = 1;
  play(kLook, shared(0.1));
  EXPECT_EQ(replicas_, rules_.min);
}

TEST_F(DecisionTest, NeverTakesMoreConnectionsThanTheDatabaseHas) {
  rules_.databaseConnections = 55;
  rules_.connectionsPerReplica = 10;
  play(seconds(600), shared(9.0));
  EXPECT_EQ(replicas_, 4U);  // and a fifth while one is replaced
  EXPECT_EQ(last_.reason, Reason::Connections);
  rules_.databaseConnections = 5;
  EXPECT_EQ(mostReplicas(rules_), 1U);
}

TEST_F(DecisionTest, RemembersNoMoreThanTheWindow) {
  play(seconds(10'000), shared(1.2));
  EXPECT_LE(memory_.needs.size(), 31U);
}

TEST_F(DecisionTest, WhatCouldNotBeDoneIsNoChange) {
  const Situation situation{
      .now = base::Timestamp(now_), .wanted = 2, .running = 2, .load = Load{.cpu = 1}};
  const auto decision = decide(rules_, situation, {});
  EXPECT_FALSE(remember({}, rules_, situation, decision, true).lastChange);
  EXPECT_TRUE(remember({}, rules_, situation, decision).lastChange);
}

}  // namespace
}  // namespace slipway::ops
