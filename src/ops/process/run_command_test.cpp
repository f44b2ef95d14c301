#include "ops/process/run_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway::ops {
namespace {

using ::testing::HasSubstr;

TEST(RunCommand, GivesBothStreamsAndTheExitCode) {
  const auto result = runCommand({.arguments = {"sh", "-c", "echo out; echo err >&2; exit 3"}});
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->out, "out\n");
  EXPECT_EQ(result->err, "err\n");
  EXPECT_EQ(result->exitCode, 3);
}

TEST(RunCommand, PassesArgumentsAsTheyAre) {
  const auto result = runCommand({.arguments = {"printf", "%s|", "a b", "$HOME", "*", ""}});
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->out, "a b|$HOME|*||");
}

TEST(RunCommand, AddsVariablesAndKeepsTheOthers) {
  ASSERT_EQ(setenv("SLIPWAY_TEST_VARIABLE", "before", 1), 0);
  const Command command{.arguments = {"sh", "-c", "echo $SLIPWAY_TEST_VARIABLE $OTHER; type cat"},
                        .variables = {{"SLIPWAY_TEST_VARIABLE", "after"}, {"OTHER", "x"}}};
  const auto result = runCommand(command);
  ASSERT_TRUE(result) << result.error();
  EXPECT_THAT(result->out, HasSubstr("after x\n"));
  EXPECT_EQ(result->exitCode, 0) << result->out;
}

TEST(RunCommand, KillsWhatDoesNotEndInTimeAndItsChildren) {
  const auto result = runCommand(
      {.arguments = {"sh", "-c", "sleep 60 & sleep 60"}, .timeout = std::chrono::milliseconds(50)});
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error(), HasSubstr("did not end within"));
}

TEST(RunCommand, KeepsTheLastOfTooMuchOutput) {
  const auto result = runCommand(
      {.arguments = {"sh", "-c", "head -c 100000 /dev/zero; echo the end"}, .maxOutputBytes = 8});
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->out, "the end\n");
}

TEST(RunCommand, SaysThatAProgramIsNotThere) {
  const auto result = runCommand({.arguments = {"/nonexistent/program"}});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), "cannot run /nonexistent/program: No such file or directory");
}

TEST(RunCommand, TellsOfASignal) {
  const auto result = runCommand({.arguments = {"sh", "-c", "kill -KILL $$"}});
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->exitCode, 128 + 9);
}

TEST(InWords, QuotesWhatNeedsIt) {
  EXPECT_EQ(inWords({"docker", "ps", "a b", ""}), "docker ps 'a b' ''");
}

}  // namespace
}  // namespace slipway::ops
