#include "ops/swarm/convergence.hpp"

#include <gtest/gtest.h>

#include "ops/swarm/fake_swarm.hpp"

namespace slipway::ops {
namespace {

using Outcome = Convergence::Outcome;

class ConvergenceTest : public ::testing::Test {
 protected:
  ConvergenceTest() { swarm_.addService("api", "2", 2); }
  SwarmService& api() { return swarm_.all.front(); }
  Outcome outcome() const { return assess(swarm_.all, swarm_.allTasks).outcome; }

  testing::FakeSwarm swarm_;
};

TEST_F(ConvergenceTest, IsDoneWhenAllThatIsWantedRuns) { EXPECT_EQ(outcome(), Outcome::Done); }

TEST_F(ConvergenceTest, WaitsForTasksOfTheLastSpecification) {
  swarm_.allTasks.back().taskSpec = "1";
  EXPECT_EQ(outcome(), Outcome::Waiting);
}

TEST_F(ConvergenceTest, WaitsForTasksThatAreNotHealthyYet) {
  swarm_.allTasks.back().state = "starting";
  EXPECT_EQ(outcome(), Outcome::Waiting);
}

TEST_F(ConvergenceTest, WaitsForThoseThatHaveToGo) {
  api().replicas = 1;
  EXPECT_EQ(outcome(), Outcome::Waiting);
}

TEST_F(ConvergenceTest, WaitsAsLongAsSwarmWatchesAnUpdate) {
  api().update = UpdateState::Updating;
  EXPECT_EQ(outcome(), Outcome::Waiting);
}

TEST_F(ConvergenceTest, FailsWhenSwarmStopsOrGoesBack) {
  for (const auto state :
       {UpdateState::Paused, UpdateState::RollingBack, UpdateState::RolledBack}) {
    api().update = state;
    EXPECT_EQ(outcome(), Outcome::Failed);
  }
}

TEST_F(ConvergenceTest, FailsWhenSwarmStartsNoMoreTasks) {
  for (auto& task : swarm_.allTasks) task.state = "failed", task.wanted = "shutdown";
  EXPECT_EQ(outcome(), Outcome::Failed);
  swarm_.addTask(api(), "2", "starting");
  EXPECT_EQ(outcome(), Outcome::Waiting);
}

TEST_F(ConvergenceTest, JudgesAJobByItsLastIteration) {
  swarm_.all.push_back(
      {.id = "j", .name = "migrate", .isJob = true, .iteration = 2, .updateMessage = ""});
  auto& job = swarm_.all.back();
  job.iteration = 1;
  swarm_.addTask(job, "", "complete");
  job.iteration = 2;
  EXPECT_EQ(outcome(), Outcome::Waiting);
  swarm_.addTask(job, "", "failed");
  EXPECT_EQ(outcome(), Outcome::Failed);
  swarm_.addTask(job, "", "preparing");
  EXPECT_EQ(outcome(), Outcome::Waiting);
  swarm_.addTask(job, "", "complete");
  EXPECT_EQ(outcome(), Outcome::Done);
}

TEST_F(ConvergenceTest, OneOnEachNodeNeedsANode) {
  api().replicas.reset();
  EXPECT_EQ(outcome(), Outcome::Done);
  swarm_.allTasks.clear();
  EXPECT_EQ(outcome(), Outcome::Waiting);
}

TEST_F(ConvergenceTest, ShowsTheNewestFailureOnce) {
  swarm_.addTask(api(), "2", "failed");
  swarm_.addTask(api(), "2", "failed");
  const auto newest = swarm_.allTasks.back().id;
  ASSERT_NE(newestFailure(swarm_.allTasks, {}), nullptr);
  EXPECT_EQ(newestFailure(swarm_.allTasks, {})->id, newest);
  EXPECT_EQ(newestFailure(swarm_.allTasks, {newest, swarm_.allTasks[2].id}), nullptr);
}

}  // namespace
}  // namespace slipway::ops
