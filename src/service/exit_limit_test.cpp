#include "service/exit_limit.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <csignal>
#include <thread>

namespace slipway::service {
namespace {

using std::chrono::milliseconds;

void hang() {
  for (;;) std::this_thread::sleep_for(milliseconds(1000));
}

TEST(ExitLimitDeathTest, EndsAProcessThatHangs) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto shutdown = [](int exitCode) {
    const ExitLimitScope scope;
    startExitLimit(exitCode, milliseconds(20));
    hang();
  };
  EXPECT_EXIT(shutdown(143), ::testing::ExitedWithCode(143), "the shutdown hangs");
  EXPECT_EXIT(shutdown(0), ::testing::ExitedWithCode(1), "the shutdown hangs");
}

TEST(ExitLimitDeathTest, IsShortenedByAnotherSignal) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto shutdown = [] {
    const ExitLimitScope scope;
    startExitLimit(0, std::chrono::minutes(10));
    std::raise(SIGINT);
    hang();
  };
  EXPECT_EXIT(shutdown(), ::testing::ExitedWithCode(128 + SIGINT), "the shutdown hangs");
}

TEST(ExitLimitDeathTest, IsWithdrawnByTheEndOfItsScope) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto shutdown = [] {
    {
      const ExitLimitScope scope;
      startExitLimit(3, milliseconds(50));
    }
    std::this_thread::sleep_for(milliseconds(200));
    _exit(0);
  };
  EXPECT_EXIT(shutdown(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace slipway::service
