#include "ops/deploy/guard_decision.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace slipway::ops {
namespace {

using ::testing::HasSubstr;

/// `slow` of them took longer than 0.25 s, the rest no longer than 5 ms.
Traffic traffic(std::uint64_t requests, std::uint64_t errors = 0, std::uint64_t slow = 0) {
  return {requests,
          errors,
          {{0.005, requests - slow},
           {0.1, requests - slow},
           {0.25, requests - slow},
           {HUGE_VAL, requests}}};
}

Decision judge(const Traffic& before, const Traffic& after, bool isOver = true) {
  return decide({.before = before, .after = after, .isOver = isOver}, {});
}

TEST(Decide, WaitsAsLongAsNothingIsWorse) {
  EXPECT_EQ(judge(traffic(1000), traffic(1000), false).verdict, Verdict::Watching);
  EXPECT_EQ(judge(traffic(1000), traffic(0), false).verdict, Verdict::Watching);
}

TEST(Decide, PassesWhatIsAsGoodAsBefore) {
  const auto decision = judge(traffic(1000), traffic(1000));
  EXPECT_EQ(decision.verdict, Verdict::Pass);
  EXPECT_EQ(decision.reason, "1000 requests, 0 of them 5xx, p99 within 5 ms");
  EXPECT_EQ(judge(traffic(1000, 10), traffic(1000, 12)).verdict, Verdict::Pass);
  EXPECT_EQ(judge(traffic(1000, 0, 20), traffic(1000, 0, 20)).verdict, Verdict::Pass);
}

TEST(Decide, IsUndecidedWithTooFewRequestsAndNeverAPass) {
  for (const std::uint64_t count : {0, 1, 49}) {
    const auto decision = judge(traffic(1000), traffic(count));
    EXPECT_EQ(decision.verdict, Verdict::Undecided) << count;
    EXPECT_THAT(decision.reason, HasSubstr("of 50 that it takes"));
  }
  EXPECT_EQ(judge(traffic(1000), traffic(50)).verdict, Verdict::Pass);
}

TEST(Decide, IsUndecidedWithTooFewRequestsBefore) {
  for (const std::uint64_t count : {0, 49}) {
    const auto decision = judge(traffic(count), traffic(1000));
    EXPECT_EQ(decision.verdict, Verdict::Undecided) << count;
    EXPECT_THAT(decision.reason, HasSubstr("before"));
  }
}

TEST(Decide, HasNothingToCompareAFirstVersionWith) {
  EXPECT_EQ(decide({.after = traffic(100), .isOver = true}, {}).verdict, Verdict::Pass);
  EXPECT_EQ(decide({.after = traffic(10), .isOver = true}, {}).verdict, Verdict::Undecided);
  EXPECT_EQ(decide({.after = traffic(100, 10), .isOver = true}, {}).verdict, Verdict::Worse);
}

TEST(Decide, SeesErrorsBeforeTheWindowIsOver) {
  const auto decision = judge(traffic(1000), traffic(40, 4), false);
  EXPECT_EQ(decision.verdict, Verdict::Worse);
  EXPECT_EQ(decision.reason, "4 of 40 requests were answered with 5xx (10.00 %; before: 0.00 %)");
}

TEST(Decide, DoesNotTakeASingleErrorForMore) {
  EXPECT_EQ(judge(traffic(1000), traffic(1, 1), false).verdict, Verdict::Watching);
  EXPECT_EQ(judge(traffic(1000), traffic(60, 1)).verdict, Verdict::Pass);
  EXPECT_EQ(judge(traffic(1000), traffic(3, 3), false).verdict, Verdict::Worse);
}

TEST(Decide, TakesErrorsOfBeforeIntoAccount) {
  EXPECT_EQ(judge(traffic(1000, 100), traffic(1000, 130)).verdict, Verdict::Pass);
  EXPECT_EQ(judge(traffic(1000, 100), traffic(1000, 300)).verdict, Verdict::Worse);
}

TEST(Decide, LetsALittleMoreErrorsPassHoweverManyRequestsProveIt) {
  EXPECT_EQ(judge(traffic(1'000'000, 0), traffic(1'000'000, 1'900)).verdict, Verdict::Pass);
  EXPECT_EQ(judge(traffic(1'000'000, 0), traffic(1'000'000, 3'000)).verdict, Verdict::Worse);
}

TEST(Decide, SeesThatItIsSlower) {
  const auto decision = judge(traffic(1000), traffic(100, 0, 10), false);
  EXPECT_EQ(decision.verdict, Verdict::Worse);
  EXPECT_EQ(decision.reason, "10 of 100 requests took longer than 100 ms (p99 before: 5 ms)");
  EXPECT_EQ(judge(traffic(1000), traffic(100, 0, 2)).verdict, Verdict::Pass);
}

TEST(Decide, DoesNotCallSlowWhatWasSlowBefore) {
  // p99 before is the bound that is infinite: nothing is slower than that.
  EXPECT_EQ(judge(traffic(1000, 0, 100), traffic(1000, 0, 500)).verdict, Verdict::Pass);
}

TEST(Decide, IsWorseAtOnceAfterAnIncident) {
  const auto decision =
      decide({.before = traffic(1000), .after = traffic(0), .incident = "api-green-1 exited"}, {});
  EXPECT_EQ(decision.verdict, Verdict::Worse);
  EXPECT_EQ(decision.reason, "api-green-1 exited");
}

TEST(Decide, IsWorseWhenTheVersionBeforeHadToAnswer) {
  const auto judged = [](std::uint64_t takenOver) {
    return decide({.before = traffic(1000), .after = traffic(100), .takenOver = takenOver}, {});
  };
  EXPECT_EQ(judged(1).verdict, Verdict::Watching);  // one that took long, perhaps
  EXPECT_EQ(judged(4).verdict, Verdict::Worse);
  EXPECT_EQ(judged(4).reason,
            "4 of 104 requests could not reach it, and the version before answered them");
}

TEST(Decide, IsWorseWhenProbesFail) {
  const auto judged = [](std::uint64_t failed) {
    return decide({.before = traffic(100),
                   .after = traffic(100),
                   .probes = 10,
                   .failedProbes = failed},
                  {})
        .verdict;
  };
  EXPECT_EQ(judged(0), Verdict::Watching);
  EXPECT_EQ(judged(1), Verdict::Watching);
  EXPECT_EQ(judged(3), Verdict::Worse);
}

TEST(ChanceOfAtLeast, IsTheBinomialTail) {
  EXPECT_DOUBLE_EQ(chanceOfAtLeast(0, 10, 0.5), 1);
  EXPECT_NEAR(chanceOfAtLeast(10, 10, 0.5), 1.0 / 1024, 1e-12);
  EXPECT_NEAR(chanceOfAtLeast(8, 10, 0.5), 56.0 / 1024, 1e-12);
  EXPECT_NEAR(chanceOfAtLeast(1, 1, 0.001), 0.001, 1e-12);
  EXPECT_DOUBLE_EQ(chanceOfAtLeast(11, 10, 0.5), 0);
  EXPECT_DOUBLE_EQ(chanceOfAtLeast(1, 10, 0), 0);
  EXPECT_DOUBLE_EQ(chanceOfAtLeast(3, 10, 1), 1);
  EXPECT_DOUBLE_EQ(chanceOfAtLeast(5, 10, 0.5), 1);  // as expected: not rare
  EXPECT_LT(chanceOfAtLeast(2000, 1'000'000, 0.001), 1e-100);
}

}  // namespace
}  // namespace slipway::ops
