#include "platform/probe.hpp"

#include <gtest/gtest.h>

#include <boost/asio/steady_timer.hpp>
#include <stdexcept>

#include "platform/test_support.hpp"

namespace slipway::platform {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

net::Task<bool> saying(bool yes) { co_return yes; }

net::Task<bool> failing() {
  throw std::runtime_error("no answer");
  co_return true;
}

class ProbeTest : public ::testing::Test {
 protected:
  bool ask(net::Task<bool> question, milliseconds limit) {
    Probe probe(loop_.get_executor(), std::move(question), limit);
    return testing::run(loop_, probe.answer());
  }

  /// Waits for ever; `ended_` tells that it was given up.
  net::Task<bool> hanging() {
    net::asio::steady_timer never(loop_, steady_clock::time_point::max());
    const std::shared_ptr<void> mark(nullptr, [this](void*) { ended_ = true; });
    co_await never.async_wait(net::useTask);
    co_return true;
  }

  net::asio::io_context loop_{1};
  bool ended_ = false;
};

TEST_F(ProbeTest, SaysWhatTheQuestionSays) {
  EXPECT_TRUE(ask(saying(true), milliseconds(10'000)));
  EXPECT_FALSE(ask(saying(false), milliseconds(10'000)));
}

TEST_F(ProbeTest, TakesAFailureForNo) { EXPECT_FALSE(ask(failing(), milliseconds(10'000))); }

TEST_F(ProbeTest, GivesUpAtTheLimitAndCancelsTheQuestion) {
  EXPECT_FALSE(ask(hanging(), milliseconds(20)));
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
