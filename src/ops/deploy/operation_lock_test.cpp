#include "ops/deploy/operation_lock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "base/temporary_folder_test_support.hpp"

namespace slipway::ops {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const LockHolder kAna{"ana", "host1", "deploy production 1.2.0", "2026-01-02T03:04:05", 12};
const LockHolder kBen{"ben", "host1", "rollback production", "2026-01-02T03:05:00", 13};

TEST(OperationLock, LetsOneInAndSaysWho) {
  const slipway::testing::TemporaryFolder folder;
  const auto path = folder / "lock";
  EXPECT_FALSE(OperationLock::holderOf(path));
  {
    const auto lock = OperationLock::take(path, kAna);
    ASSERT_TRUE(lock) << lock.error();
    EXPECT_TRUE(lock->isOurs());
    const auto second = OperationLock::take(path, kBen);
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error(), AllOf(HasSubstr("deploy production 1.2.0, by ana on host1"),
                                      HasSubstr("--break-lock")));
    ASSERT_TRUE(OperationLock::holderOf(path));
    EXPECT_EQ(OperationLock::holderOf(path)->what, kAna.what);
  }
  EXPECT_FALSE(OperationLock::holderOf(path));
  EXPECT_TRUE(OperationLock::take(path, kBen));
}

TEST(OperationLock, GoesWithAProcessThatIsKilled) {
  const slipway::testing::TemporaryFolder folder;
  const auto path = folder / "lock";
  std::array<int, 2> ready{};
  ASSERT_EQ(pipe(ready.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto lock = OperationLock::take(path, kAna);
    if (lock && write(ready[1], "x", 1) == 1) pause();
    _exit(1);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  EXPECT_TRUE(OperationLock::holderOf(path));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_FALSE(OperationLock::holderOf(path));
  EXPECT_TRUE(OperationLock::take(path, kBen));
  close(ready[0]);
  close(ready[1]);
}

TEST(OperationLock, BrokenIsNoLongerOurs) {
  const slipway::testing::TemporaryFolder folder;
  const auto path = folder / "lock";
  const auto first = OperationLock::take(path, kAna);
  ASSERT_TRUE(first);
  const auto second = OperationLock::seize(path, kBen);
  ASSERT_TRUE(second) << second.error();
  EXPECT_FALSE(first->isOurs());
  EXPECT_TRUE(second->isOurs());
  EXPECT_EQ(OperationLock::holderOf(path)->who, "ben");
}

TEST(OperationLock, SaysWhyItCannotBeTaken) {
  const auto lock = OperationLock::take("/nonexistent/lock", kAna);
  ASSERT_FALSE(lock);
  EXPECT_THAT(lock.error(), HasSubstr("/nonexistent/lock"));
}

}  // namespace
}  // namespace slipway::ops
