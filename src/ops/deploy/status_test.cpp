#include "ops/deploy/status.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/deploy/fake_stack.hpp"

namespace slipway::ops {
namespace {

using ::testing::AllOf;
using testing::FakeStack;
using ::testing::HasSubstr;

class StatusTest : public ::testing::Test {
 protected:
  void SetUp() override { stack_.serve("1.0.0"); }
  Status status() { return readStatus(stack_.stack(), stack_.engine).value(); }

  FakeStack stack_;
};

TEST_F(StatusTest, TellsWhatServes) {
  EXPECT_TRUE(status().isWell());
  const auto json = toJson(status());
  EXPECT_EQ(json.find("well")->asBoolean(), true);
  EXPECT_EQ(json.find("serving")->asString(), "blue");
  EXPECT_EQ(json.find("version")->asString(), "1.0.0");
  EXPECT_EQ(json.find("blue")->find("containers")->asArray().size(), 2U);
  EXPECT_EQ(json.find("others")->asArray().size(), 3U);
  EXPECT_TRUE(json.find("cut_short")->isNull());
  EXPECT_THAT(inLines(status()), AllOf(HasSubstr("blue   1.0.0"), HasSubstr("2 of 2 healthy"),
                                       HasSubstr("serves"), HasSubstr("proxy")));
}

TEST_F(StatusTest, IsNotWellWithAContainerThatIsNot) {
  stack_.engine.all.back().health = Health::Unhealthy;
  EXPECT_FALSE(status().isWell());
  EXPECT_THAT(inLines(status()), HasSubstr("not all is well"));
}

TEST_F(StatusTest, SaysThatNothingServesWhereNothingIsWell) {
  for (auto& each : stack_.engine.all) each.health = Health::Unhealthy;
  EXPECT_THAT(inLines(status()), AllOf(HasSubstr("0 of 2 healthy  should serve\n"),
                                       ::testing::Not(HasSubstr(" serves"))));
}

TEST_F(StatusTest, IsNotWellWithTooFewContainersOrWithoutAProxy) {
  stack_.engine.all.pop_back();
  EXPECT_FALSE(status().isWell());
  stack_.serve("1.0.0");
  std::erase_if(stack_.engine.all, [](const auto& each) { return each.service == "proxy"; });
  EXPECT_FALSE(status().isWell());
}

TEST_F(StatusTest, TellsOfARestoreThatWasCutShort) {
  ASSERT_TRUE(keepUnfinished(stack_.stack().unfinishedRestore(),
                             {"production-20260102T030405Z", "2026-01-02T04:00:00.5"}));
  EXPECT_FALSE(status().isWell());
  EXPECT_THAT(inLines(status()), HasSubstr("the restore of production-20260102T030405Z, begun "
                                           "2026-01-02T04:00:00, was cut short"));
  EXPECT_THAT(toJson(status()).dump(), HasSubstr("restore_cut_short\":{"));
  ASSERT_TRUE(endUnfinished(stack_.stack().unfinishedRestore()));
  EXPECT_TRUE(status().isWell());
}

TEST_F(StatusTest, TellsWhoIsAtWork) {
  const auto lock = OperationLock::take(stack_.stack().lock(),
                                        {"ben", "host2", "deploy production 1.1.0", "now", 7});
  ASSERT_TRUE(lock);
  EXPECT_THAT(inLines(status()), HasSubstr("at work: deploy production 1.1.0, by ben on host2"));
}

}  // namespace
}  // namespace slipway::ops
