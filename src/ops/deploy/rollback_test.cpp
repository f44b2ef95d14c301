#include "ops/deploy/rollback.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/cli/exit_codes.hpp"
#include "ops/deploy/deploy.hpp"
#include "ops/deploy/fake_stack.hpp"
#include "ops/deploy/recover.hpp"
#include "ops/files/state_file.hpp"

namespace slipway::ops {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FakeStack;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RollbackTest : public ::testing::Test {
 protected:
  void SetUp() override {
    stack_.serve("1.0.0");
    deployed("1.1.0");
  }
  void deployed(const std::string& version) {
    stack_.addImage(version);
    auto outside = stack_.outside();
    ASSERT_EQ(deploy({.stack = stack_.request(), .version = version}, outside), kExitOk);
    stack_.reporter.steps.clear();
  }
  int rollBack(std::optional<std::string> version = {}, bool isDryRun = false) {
    auto outside = stack_.outside();
    return rollback({.stack = stack_.request(), .version = version, .isDryRun = isDryRun}, outside);
  }
  void end() {
    auto outside = stack_.outside();
    ASSERT_EQ(finish({.stack = stack_.request()}, outside), kExitOk);
    stack_.reporter.steps.clear();
  }

  FakeStack stack_;
};

TEST_F(RollbackTest, GoesBackToTheWarmVersionWithinSeconds) {
  base::Timestamp switched;
  stack_.reporter.onStep = [&](const StepEvent& event) {
    if (event.step == "switch") switched = stack_.clock.now();
  };
  const auto start = stack_.clock.now();
  EXPECT_EQ(rollBack(), kExitOk) << stack_.reporter.summaryText;
  EXPECT_LT(switched - start, std::chrono::seconds(1));
  EXPECT_THAT(stack_.reporter.steps, ElementsAre("ready done", "switch done", "drain done",
                                                 "end-warm done", "finish done"));
  EXPECT_EQ(stack_.proxyHosts, "api-blue");
  EXPECT_THAT(stack_.running(Colour::Green), IsEmpty());
  EXPECT_EQ(stack_.desired(), (DesiredState{"1.0.0", {"1.0.0", 2}, {"1.1.0", 0}}));
  EXPECT_EQ(readHistory(stack_.stack().history())->entries.back().result, "rolled back");
}

TEST_F(RollbackTest, TellsMonitoringWhatServes) {
  const auto file = stack_.stack().metrics() / "deployment.prom";
  EXPECT_THAT(readStateFile(file)->value_or(""), HasSubstr(R"({version="1.1.0",verb="deploy"})"));
  ASSERT_EQ(rollBack(), kExitOk);
  EXPECT_THAT(readStateFile(file)->value_or(""), HasSubstr(R"({version="1.0.0",verb="rollback"})"));
}

TEST_F(RollbackTest, StartsAVersionThatIsNotWarmAnyMore) {
  deployed("1.2.0");
  // Served before slipway kept a history: it is known as what a deployment replaced.
  EXPECT_EQ(rollBack("1.1.0"), kExitOk) << stack_.reporter.summaryText;
  deployed("1.3.0");
  EXPECT_EQ(rollBack("1.2.0"), kExitOk) << stack_.reporter.summaryText;
  EXPECT_THAT(stack_.reporter.steps,
              ElementsAre("retire done", "start done", "validate done", "switch done", "drain done",
                          "end-warm done", "finish done"));
}

TEST_F(RollbackTest, StartsTheOneBeforeWhenNothingIsWarm) {
  deployed("1.2.0");
  end();
  EXPECT_EQ(rollBack(), kExitOk) << stack_.reporter.summaryText;
  EXPECT_EQ(stack_.desired().version, "1.1.0");
}

TEST_F(RollbackTest, RefusesWhenTheSchemaHasMovedOn) {
  stack_.oldestService = "0.2.0";
  EXPECT_EQ(rollBack(), kExitRefused);
  EXPECT_THAT(stack_.reporter.problems,
              ElementsAre(HasSubstr("the schema has moved on: it needs 0.2.0 or newer, and 1.0.0 "
                                    "is 0.1.0")));
  EXPECT_EQ(stack_.proxyHosts, "api-green");
}

TEST_F(RollbackTest, RefusesAVersionThatNeverServed) {
  EXPECT_EQ(rollBack("7.0.0"), kExitRefused);
  EXPECT_THAT(stack_.reporter.problems, ElementsAre(HasSubstr("versions that served: 1.1.0")));
}

TEST_F(RollbackTest, RefusesAnImageThatIsAnotherOneNow) {
  deployed("1.2.0");
  end();
  stack_.engine.images["slipway/slipwayd:1.1.0"].id = "sha256:other";
  EXPECT_EQ(rollBack("1.1.0"), kExitRefused);
  EXPECT_THAT(stack_.reporter.problems, ElementsAre(HasSubstr("another image")));
}

TEST_F(RollbackTest, RefusesAnImageThatIsGone) {
  deployed("1.2.0");
  end();
  stack_.engine.images.erase("slipway/slipwayd:1.1.0");
  EXPECT_EQ(rollBack("1.1.0"), kExitRefused);
  EXPECT_THAT(stack_.reporter.problems, ElementsAre(HasSubstr("not here any more")));
}

TEST_F(RollbackTest, IsAsBeforeWhenTheProxyDoesNotSwitch) {
  stack_.reporter.onStep = [&](const StepEvent& event) {
    if (event.step != "switch") return;
    stack_.switchError = event.kind == StepEvent::Kind::Begun ? "no" : "";
  };
  EXPECT_EQ(rollBack(), kExitSwitch);
  EXPECT_EQ(stack_.proxyHosts, "api-green");
  EXPECT_EQ(stack_.running(Colour::Green).size(), 2U);
}

TEST_F(RollbackTest, DryRunChangesNothing) {
  EXPECT_EQ(rollBack({}, true), kExitOk);
  EXPECT_THAT(stack_.reporter.planned,
              ElementsAre("ready", "switch", "drain", "end-warm", "finish"));
  EXPECT_EQ(stack_.proxyHosts, "api-green");
}

TEST(FindRelease, TakesTheNewestThatIsMeant) {
  History history;
  const auto served = [&](std::string version) {
    history.entries.push_back({.to = {std::move(version), "", ""}, .result = "deployed"});
  };
  served("latest-aaa");
  served("1.0.0");
  served("latest-bbb");
  served("1.1.0");
  history.entries.push_back({.to = {"1.2.0", "", ""}, .result = "failed"});
  EXPECT_EQ(findRelease(history, {}, "1.1.0")->version, "latest-bbb");
  EXPECT_EQ(findRelease(history, "latest", "1.1.0")->version, "latest-bbb");
  EXPECT_EQ(findRelease(history, "latest", "latest-bbb")->version, "latest-aaa");
  EXPECT_EQ(findRelease(history, "1.0.0", "1.1.0")->version, "1.0.0");
  EXPECT_FALSE(findRelease(history, "1.2.0", "1.1.0"));
  EXPECT_FALSE(findRelease(history, "1.1.0", "1.1.0"));
}

}  // namespace
}  // namespace slipway::ops
