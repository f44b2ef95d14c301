#include "ops/deploy/waiting_clock.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace slipway::ops {
namespace {

using std::chrono::milliseconds;

TEST(SystemWaitingClock, LetsTimePass) {
  SystemWaitingClock clock;
  const auto start = std::chrono::steady_clock::now();
  clock.wait(milliseconds(30));
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(30));
  EXPECT_FALSE(clock.interrupted());
}

TEST(SystemWaitingClock, IsInterruptedBySignalsAndStillWaitsAfterwards) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    SystemWaitingClock clock;
    raise(signal);
    EXPECT_TRUE(clock.interrupted());
    raise(signal);  // undoing goes on
    const auto start = std::chrono::steady_clock::now();
    clock.wait(milliseconds(30));
    EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(30));
  }
}

TEST(SystemWaitingClock, GivesSignalsBack) {
  {
    const SystemWaitingClock clock;
  }
  EXPECT_EXIT(raise(SIGTERM), ::testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace slipway::ops
