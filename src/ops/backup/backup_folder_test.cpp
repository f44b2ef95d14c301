#include "ops/backup/backup_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/temporary_folder_test_support.hpp"
#include "ops/backup/test_backup.hpp"

namespace slipway::ops {
namespace {

using slipway::testing::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::makeBackup;
using testing::writeText;

constexpr const char* kOld = "production-20260102T030405Z";
constexpr const char* kNew = "production-20260103T030405Z";

class BackupFolderTest : public ::testing::Test {
 protected:
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& backup : listBackups(folder_.path(), "production").backups) {
      all.push_back(backup.manifest.name);
    }
    return all;
  }
  Result<Backup> find(const std::string& name, bool anyEnvironment = false) const {
    return findBackup(settings_, name, anyEnvironment);
  }

  slipway::testing::TemporaryFolder folder_;
  BackupSettings settings_{.environment = "production", .project = "p", .folder = folder_.path()};
};

TEST_F(BackupFolderTest, ListsTheNewestFirstAndOnlyItsOwn) {
  makeBackup(folder_.path(), kOld);
  makeBackup(folder_.path(), kNew);
  makeBackup(folder_.path(), "staging-20260104T030405Z");
  EXPECT_THAT(names(), ElementsAre(kNew, kOld));
  EXPECT_THAT(listBackups("/nonexistent", "production").backups, IsEmpty());
}

TEST_F(BackupFolderTest, TakesNothingForABackupThatIsNone) {
  writeText(folder_ / "production-20260102T030405Z.dump", "PGDMP");
  writeText(folder_ / ".unfinished-production-20260102T030406Z.dump", "PGDMP");
  writeText(folder_ / "production-20260102T030407Z.json", "{}");
  const auto list = listBackups(folder_.path(), "production");
  EXPECT_THAT(list.backups, IsEmpty());
  EXPECT_THAT(list.problems, ElementsAre(HasSubstr("has no manifest beside it"),
                                         HasSubstr("no manifest of a backup")));
}

TEST_F(BackupFolderTest, NamesSeveralOfOneSecondInTheirOrder) {
  const auto now = *timeOfBackup(kOld);
  const auto next = [&] { return freeBackupName(folder_.path(), "production", now); };
  EXPECT_EQ(next(), kOld);
  makeBackup(folder_.path(), kOld);
  EXPECT_EQ(next(), "production-20260102T030406Z");
  writeText(folder_ / "production-20260102T030406Z.dump.age", "of one whose manifest is gone");
  EXPECT_EQ(next(), "production-20260102T030407Z");
}

TEST_F(BackupFolderTest, SeesADumpThatIsCutOff) {
  const auto backup = makeBackup(folder_.path(), kOld);
  EXPECT_TRUE(backup.looksWhole());
  std::filesystem::resize_file(backup.dump(), 3);
  EXPECT_FALSE(backup.looksWhole());
  std::filesystem::remove(backup.dump());
  EXPECT_FALSE(backup.looksWhole());
}

TEST_F(BackupFolderTest, FindsByNameByPathAndTheLatest) {
  EXPECT_THAT(find("latest").error(), HasSubstr("holds no backup"));
  makeBackup(folder_.path(), kOld);
  makeBackup(folder_.path(), kNew);
  for (const auto& name :
       {std::string("latest"), std::string(kNew), (folder_ / kNew).string() + ".dump",
        (folder_ / kNew).string() + ".json", (folder_ / kNew).string() + ".dump.age"}) {
    const auto found = find(name);
    ASSERT_TRUE(found) << name << ": " << found.error();
    EXPECT_EQ(found->manifest.name, kNew);
  }
  EXPECT_THAT(find("production-20300102T030405Z").error(), HasSubstr("is not there"));
}

TEST_F(BackupFolderTest, TakesAnotherStacksBackupOnlyWhenTold) {
  makeBackup(folder_.path(), "staging-20260104T030405Z");
  EXPECT_THAT(find("staging-20260104T030405Z").error(), HasSubstr("is a backup of staging"));
  EXPECT_TRUE(find("staging-20260104T030405Z", true));
}

TEST_F(BackupFolderTest, RefusesAManifestUnderAnotherName) {
  const auto backup = makeBackup(folder_.path(), kOld);
  std::filesystem::rename(backup.manifestFile(), folder_ / (std::string(kNew) + ".json"));
  EXPECT_THAT(find(kNew).error(), HasSubstr("is the manifest of production-20260102T030405Z"));
}

TEST_F(BackupFolderTest, IsForItsOwnerAlone) {
  settings_.folder = folder_ / "backups" / "production";
  const auto lock = lockBackups(settings_, "a test");
  ASSERT_TRUE(lock) << lock.error();
  struct stat found{};
  ASSERT_EQ(stat(settings_.folder.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0700U);
  const auto second = lockBackups(settings_, "another");
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error(), HasSubstr("locked: a test"));
}

TEST_F(BackupFolderTest, LosesWhatWasLeftUnfinishedAndNothingElse) {
  makeBackup(folder_.path(), kOld);
  writeText(folder_ / ".unfinished-production-20260102T030406Z.dump", "PGDMP");
  removeLeftovers(folder_.path());
  EXPECT_EQ(folder_.names().size(), 2U);
}

}  // namespace
}  // namespace slipway::ops
