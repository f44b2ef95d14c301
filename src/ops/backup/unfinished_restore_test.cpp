#include "ops/backup/unfinished_restore.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/temporary_folder_test_support.hpp"
#include "ops/deploy/fake_stack.hpp"

namespace slipway::ops {
namespace {

using testing::FakeStack;
using ::testing::HasSubstr;

class UnfinishedRestoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    stack_.serve("1.0.0");
    const auto settings = backupSettings(stack_.stack(), stack_.variables());
    ASSERT_TRUE(settings) << settings.error();
    settings_ = *settings;
  }
  Result<std::string> finishIt() { return finishRestore(settings_, stack_.engine, stack_); }
  bool isUnfinished() const { return readUnfinished(settings_.unfinishedRestore)->has_value(); }
  void cutShort() {
    ASSERT_TRUE(keepUnfinished(settings_.unfinishedRestore, {"backup-1", "2026-01-02T03:04:05"}));
  }

  FakeStack stack_;
  BackupSettings settings_;
};

TEST_F(UnfinishedRestoreTest, IsFinishedByClearingTheCache) {
  cutShort();
  const auto done = finishIt();
  ASSERT_TRUE(done) << done.error();
  EXPECT_THAT(*done, HasSubstr("the restore of backup-1, begun 2026-01-02T03:04:05"));
  EXPECT_THAT(*done, HasSubstr("asked 2 containers"));
  EXPECT_FALSE(isUnfinished());
}

TEST_F(UnfinishedRestoreTest, IsNoneWhereNothingWasCutShort) {
  EXPECT_EQ(finishIt(), Result<std::string>(""));
}

TEST_F(UnfinishedRestoreTest, StaysWhereTheCacheCannotBeCleared) {
  cutShort();
  stack_.engine.all.clear();
  const auto done = finishIt();
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error(), HasSubstr("the service does not run"));
  EXPECT_TRUE(isUnfinished());
}

TEST_F(UnfinishedRestoreTest, CountsEvenWhereItCannotBeRead) {
  ASSERT_TRUE(replaceFile(settings_.unfinishedRestore, "{"));
  EXPECT_TRUE(isUnfinished());
  EXPECT_TRUE(finishIt());
  EXPECT_FALSE(isUnfinished());
}

}  // namespace
}  // namespace slipway::ops
