#include "ops/process/child_process.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace slipway::ops {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

ChildProcess started(ChildCommand command) {
  auto child = ChildProcess::start(std::move(command));
  EXPECT_TRUE(child) << child.error();
  return std::move(*child);
}

TEST(ChildProcess, PassesArgumentsAsTheyAre) {
  const auto out = outputOf({.arguments = {"printf", "%s|", "a b", "$HOME", "*", ""}});
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(*out, "a b|$HOME|*||");
}

TEST(ChildProcess, TalksInBothDirections) {
  auto child = started({.arguments = {"cat"}, .hasInput = true});
  for (const auto* const line : {"one", "two"}) {
    ASSERT_TRUE(child.write(std::string(line) + "\n"));
    const auto answer = child.readLine();
    ASSERT_TRUE(answer) << answer.error();
    EXPECT_EQ(*answer, line);
  }
  const auto code = child.wait();
  ASSERT_TRUE(code) << code.error();
  EXPECT_EQ(*code, 0);
}

TEST(ChildProcess, MovesMoreThanPipesHold) {
  const std::string much(3'000'000, 'x');
  const auto out = outputOf({.arguments = {"tail", "-c", "2000000"}}, much);
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->size(), 2'000'000U);
}

TEST(ChildProcess, WritesToADescriptor) {
  char path[] = "/tmp/slipway-child-XXXXXX";
  const int file = mkostemp(path, O_CLOEXEC);
  ASSERT_GE(file, 0);
  auto child = started({.arguments = {"cat"}, .hasInput = true, .outputTo = file});
  ASSERT_TRUE(child.write("kept"));
  ASSERT_TRUE(child.finish());
  char content[8]{};
  EXPECT_EQ(pread(file, content, sizeof content, 0), 4);
  EXPECT_STREQ(content, "kept");
  close(file);
  unlink(path);
}

TEST(ChildProcess, TellsItsFailureInOneLine) {
  const auto out = outputOf({.arguments = {"sh", "-c", "echo one >&2; echo two >&2; exit 3"}});
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error(), "sh failed (3): one two");
}

TEST(ChildProcess, TellsOfASignal) {
  auto child = started({.arguments = {"sh", "-c", "kill -KILL $$"}});
  const auto code = child.wait();
  ASSERT_TRUE(code) << code.error();
  EXPECT_EQ(*code, 128 + 9);
}

TEST(ChildProcess, SaysThatAProgramIsNotThere) {
  const auto child = ChildProcess::start({.arguments = {"/nonexistent/program"}});
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error(), "cannot run /nonexistent/program: No such file or directory");
}

TEST(ChildProcess, NoticesThatNobodyReads) {
  auto child = started({.arguments = {"true"}, .hasInput = true});
  Result<> written;
  while (written) written = child.write(std::string(65536, 'x'));
  EXPECT_THAT(written.error(), HasSubstr("true reads no more"));
}

TEST(ChildProcess, EndsWithItsTime) {
  const auto out =
      outputOf({.arguments = {"sleep", "600"}, .timeout = std::chrono::milliseconds(30)});
  ASSERT_FALSE(out);
  EXPECT_THAT(out.error(), StartsWith("sleep did not end within"));
}

TEST(ChildProcess, EndsWhenStopped) {
  const auto out = outputOf({.arguments = {"sleep", "600"}, .stopped = [] { return true; }});
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error(), "interrupted");
}

/// The pipe ends when nobody holds it any more.
TEST(ChildProcess, TakesItsChildrenAlong) {
  int ends[2]{};
  ASSERT_EQ(pipe(ends), 0);
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  {
    auto child = started({.arguments = {"sh", "-c", "sleep 600 & echo; wait"}});
    ASSERT_TRUE(child.readLine());
  }
  close(ends[1]);
  char byte = 0;
  EXPECT_EQ(read(ends[0], &byte, 1), 0);
  close(ends[0]);
}

TEST(ChildProcess, WaitsNotForWhatItLeavesBehind) {
  auto child = started({.arguments = {"sh", "-c", "sleep 600 &"}});
  const auto code = child.wait();
  ASSERT_TRUE(code) << code.error();
  EXPECT_EQ(*code, 0);
}

}  // namespace
}  // namespace slipway::ops
