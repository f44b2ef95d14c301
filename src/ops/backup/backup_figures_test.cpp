#include "ops/backup/backup_figures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/temporary_folder_test_support.hpp"
#include "ops/files/state_file.hpp"

namespace slipway::ops {
namespace {

using std::chrono::seconds;
using ::testing::UnorderedElementsAre;

class BackupFiguresTest : public ::testing::Test {
 protected:
  std::string read(const std::string& name) const {
    return readStateFile(metrics() / name)->value_or("not there");
  }
  std::filesystem::path metrics() const { return folder_ / "state/metrics"; }

  slipway::testing::TemporaryFolder folder_;
};

TEST_F(BackupFiguresTest, TellWhenTheLastBackupWasMade) {
  ASSERT_TRUE(tellBackupMade(metrics(), base::Timestamp(seconds(1700000000))));
  ASSERT_TRUE(tellBackupMade(
      metrics(), base::Timestamp(seconds(1767323045)) + std::chrono::microseconds(999999)));
  EXPECT_EQ(read("backup-made.prom"),
            "# HELP slipway_backup_last_success_timestamp_seconds When the last backup was made.\n"
            "# TYPE slipway_backup_last_success_timestamp_seconds gauge\n"
            "slipway_backup_last_success_timestamp_seconds 1767323045\n");
}

TEST_F(BackupFiguresTest, TellOfProofsInAFileOfTheirOwn) {
  ASSERT_TRUE(tellBackupMade(metrics(), base::Timestamp(seconds(1))));
  ASSERT_TRUE(tellBackupVerified(metrics(), base::Timestamp(seconds(1767323045))));
  EXPECT_THAT(read("backup-verified.prom"),
              ::testing::EndsWith("\nslipway_backup_last_verified_timestamp_seconds 1767323045\n"));
  EXPECT_THAT(read("backup-made.prom"), ::testing::EndsWith("_seconds 1\n"));
}

TEST_F(BackupFiguresTest, CanBeReadByNodeExporterAndLeaveNothingElseThere) {
  ASSERT_TRUE(tellBackupMade(metrics(), base::Timestamp(seconds(1))));
  ASSERT_TRUE(tellBackupMade(metrics(), base::Timestamp(seconds(2))));
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(metrics())) {
    names.push_back(entry.path().filename());
    struct stat found{};
    ASSERT_EQ(stat(entry.path().c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777U, 0644U);
  }
  EXPECT_THAT(names, UnorderedElementsAre("backup-made.prom"));
}

TEST_F(BackupFiguresTest, SayWhyTheyCouldNotBeWritten) {
  ASSERT_TRUE(replaceFile(folder_ / "state", "a file where a folder is due"));
  const auto told = tellBackupMade(metrics(), base::Timestamp(seconds(1)));
  ASSERT_FALSE(told);
  EXPECT_THAT(told.error(), ::testing::HasSubstr("state/metrics"));
}

}  // namespace
}  // namespace slipway::ops
