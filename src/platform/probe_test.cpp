#include "platform/probe.hpp"

#include <gtest/gtest.h>

#include <boost/asio/steady_timer.hpp>
#include <stdexcept>

#include "platform/test_support.hpp"

namespace slipway::platform {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

net::Task<Health> well() { co_return Health(); }
net::Task<Health> ill() { co_return std::unexpected("ill"); }

net::Task<Health> failing() {
  throw std::runtime_error("broken");
  co_return Health();
}

class ProbeTest : public ::testing::Test {
 protected:
  Health ask(net::Task<Health> question, milliseconds limit) {
    Probe probe(loop_.get_executor(), std::move(question), limit);
    return testing::run(loop_, probe.answer());
  }

  /// Waits for ever; `ended_` tells that it was given up.
  net::Task<Health> hanging() {
    net::asio::steady_timer never(loop_, steady_clock::time_point::max());
    const std::shared_ptr<void> mark(nullptr, [this](void*) { ended_ = true; });
    co_await never.async_wait(net::useTask);
    co_return Health();
  }

  net::asio::io_context loop_{1};
  bool ended_ = false;
};

TEST_F(ProbeTest, SaysWhatTheQuestionSays) {
  EXPECT_TRUE(ask(well(), milliseconds(10'000)));
  EXPECT_EQ(ask(ill(), milliseconds(10'000)), Health(std::unexpected("ill")));
}

TEST_F(ProbeTest, TakesAFailureForNo) {
  EXPECT_EQ(ask(failing(), milliseconds(10'000)), Health(std::unexpected("broken")));
}

TEST_F(ProbeTest, GivesUpAtTheLimitAndCancelsTheQuestion) {
  EXPECT_EQ(ask(hanging(), milliseconds(20)), Health(std::unexpected("no answer within 20 ms")));
  loop_.restart();
  loop_.run();  // nothing is left that would keep it running
  EXPECT_TRUE(ended_);
}

TEST_F(ProbeTest, SeveralAreAskedAtTheSameTime) {
  const auto begun = steady_clock::now();
  Probe one(loop_.get_executor(), hanging(), milliseconds(700));
  Probe other(loop_.get_executor(), hanging(), milliseconds(700));
  EXPECT_FALSE(testing::run(loop_, one.answer()));
  EXPECT_FALSE(testing::run(loop_, other.answer()));
  EXPECT_LT(steady_clock::now() - begun, milliseconds(1380));
}

}  // namespace
}  // namespace slipway::platform
