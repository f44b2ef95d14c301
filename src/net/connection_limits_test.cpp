#include "net/connection_limits.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace slipway::net {
namespace {

using Verdict = ConnectionLimits::Verdict;

TEST(ConnectionLimits, AdmitsUpToTheTotal) {
  ConnectionLimits limits(2, 0);
  EXPECT_EQ(limits.admit("a"), Verdict::Admitted);
  EXPECT_EQ(limits.admit("a"), Verdict::Admitted);
  EXPECT_EQ(limits.admit("a"), Verdict::TooMany);
  EXPECT_EQ(limits.open(), 2U);
  limits.release("a", Verdict::Admitted);
  EXPECT_EQ(limits.admit("a"), Verdict::Admitted);
}

TEST(ConnectionLimits, CountsEachAddress) {
  ConnectionLimits limits(10, 1);
  EXPECT_EQ(limits.admit("a"), Verdict::Admitted);
  EXPECT_EQ(limits.admit("a"), Verdict::TooManyFromAddress);
  EXPECT_EQ(limits.admit("b"), Verdict::Admitted);
  limits.release("a", Verdict::Admitted);
  EXPECT_EQ(limits.admit("a"), Verdict::Admitted);
}

TEST(ConnectionLimits, LetsTheRefusedKeepNobodyOut) {
  ConnectionLimits limits(1, 1);
  EXPECT_EQ(limits.admit("a"), Verdict::Admitted);
  for (int i = 0; i < 10; ++i) EXPECT_NE(limits.admit("a"), Verdict::Admitted);
  limits.release("a", Verdict::Admitted);
  EXPECT_EQ(limits.admit("a"), Verdict::Admitted);
}

TEST(ConnectionLimits, IsOverwhelmedByManyRefusals) {
  ConnectionLimits limits(1, 0);
  limits.admit("a");
  for (int i = 0; i < 256; ++i) limits.admit("a");
  EXPECT_FALSE(limits.overwhelmed());
  EXPECT_EQ(limits.admit("a"), Verdict::TooMany);
  EXPECT_TRUE(limits.overwhelmed());
  limits.release("a", Verdict::TooMany);
  EXPECT_FALSE(limits.overwhelmed());
}

TEST(ConnectionLimits, NeverAdmitsMoreThanTheTotalFromManyThreads) {
  ConnectionLimits limits(5, 3);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&limits, i] {
      const std::string address = i % 2 == 0 ? "a" : "b";
      for (int round = 0; round < 1000; ++round) {
        const auto verdict = limits.admit(address);
        limits.release(address, verdict);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(limits.open(), 0U);
}

}  // namespace
}  // namespace slipway::net
