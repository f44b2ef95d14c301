#include "ops/backup/dump_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/temporary_folder_test_support.hpp"
#include "ops/backup/copy_target.hpp"
#include "ops/backup/test_backup.hpp"
#include "ops/process/child_process.hpp"

namespace slipway::ops {
namespace {

using slipway::testing::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::makeBackup;
using testing::writeText;

class DumpReaderTest : public ::testing::Test {
 protected:
  Result<> check(const Backup& backup) {
    Steps silent(nullptr);
    return checkBackup(backup, settings_, silent);
  }
  /// Encrypts the backup's dump, for an identity whose file is named `key`.
  Backup seal(Backup backup, const std::string& key) {
    const auto made = outputOf({.arguments = {"age-keygen", "--output", (folder_ / key).string()}});
    EXPECT_TRUE(made) << made.error();
    const auto recipient = outputOf({.arguments = {"age-keygen", "-y", (folder_ / key).string()}});
    EXPECT_TRUE(recipient) << recipient.error();
    writeText(folder_ / "recipients", *recipient);
    auto sealed = backup;
    sealed.manifest.isEncrypted = true;
    const auto done = outputOf(
        {.arguments = {"age", "--encrypt", "--recipients-file", (folder_ / "recipients").string(),
                       "--output", sealed.dump().string(), backup.dump().string()}});
    EXPECT_TRUE(done) << done.error();
    sealed.manifest.fileBytes = std::filesystem::file_size(sealed.dump());
    sealed.manifest.fileSha256 = *sha256OfFile(sealed.dump(), {});
    return sealed;
  }

  slipway::testing::TemporaryFolder folder_;
  Backup backup_ = makeBackup(folder_.path(), "production-20260102T030405Z");
  BackupSettings settings_{.environment = "production", .project = "p", .folder = folder_.path()};
};

TEST_F(DumpReaderTest, GivesTheDumpAsItIs) {
  std::string all;
  Steps silent(nullptr);
  const auto read = readDump(backup_, settings_, silent, [&](std::string_view piece) -> Result<> {
    all += piece;
    return {};
  });
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(all, "PGDMP and what follows");
  EXPECT_TRUE(check(backup_));
}

TEST_F(DumpReaderTest, RefusesWhatIsCutOffChangedOrEmpty) {
  writeText(backup_.dump(), "PGDMP and what fOllows");
  EXPECT_THAT(check(backup_).error(), HasSubstr("is no good backup: its checksum is another"));
  writeText(backup_.dump(), "PGDMP and what");
  EXPECT_THAT(check(backup_).error(), HasSubstr("it has 14 bytes, not 22"));
  writeText(backup_.dump(), "");
  EXPECT_THAT(check(backup_).error(), HasSubstr("it has 0 bytes"));
  std::filesystem::remove(backup_.dump());
  EXPECT_THAT(check(backup_).error(), HasSubstr("No such file"));
}

TEST_F(DumpReaderTest, RefusesWhatIsNoDump) {
  const auto foreign = makeBackup(folder_.path(), "production-20260102T030406Z", "#!/bin/sh\n");
  EXPECT_THAT(check(foreign).error(), HasSubstr("does not begin as a dump"));
}

TEST_F(DumpReaderTest, DecryptsWithTheRightKeyAlone) {
  const auto sealed = seal(backup_, "key");
  EXPECT_THAT(check(sealed).error(), HasSubstr("is encrypted: name the file"));
  settings_.identity = folder_ / "key";
  const auto checked = check(sealed);
  EXPECT_TRUE(checked) << checked.error();
  seal(backup_, "other");
  std::filesystem::rename(folder_ / "other", folder_ / "key");
  const auto another = seal(backup_, "third");
  EXPECT_THAT(check(another).error(), HasSubstr("is no good backup: age cannot decrypt it"));
}

TEST_F(DumpReaderTest, PassesOnWhyNobodyTakesIt) {
  Steps silent(nullptr);
  const auto read = readDump(backup_, settings_, silent,
                             [](std::string_view) -> Result<> { return std::unexpected("full"); });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error(), "full");
}

TEST_F(DumpReaderTest, IsInterrupted) {
  settings_.stopped = [] { return true; };
  EXPECT_EQ(check(backup_).error(), "interrupted");
}

TEST_F(DumpReaderTest, CopiesToAFolderAndAwayAgain) {
  const slipway::testing::TemporaryFolder target;
  settings_.copyTo = target / "deep" / "down";
  const auto copied = copyBackup(backup_, settings_);
  ASSERT_TRUE(copied) << copied.error();
  const auto copies = listBackups(settings_.copyTo, "production").backups;
  ASSERT_EQ(copies.size(), 1U);
  EXPECT_TRUE(check(copies.front()));
  EXPECT_TRUE(removeCopy(backup_, settings_));
  EXPECT_TRUE(removeCopy(backup_, settings_));
  EXPECT_TRUE(std::filesystem::is_empty(settings_.copyTo));
}

TEST_F(DumpReaderTest, NamesRclonesConfigurationAndNoSecret) {
  settings_.rcloneConfig = "/etc/rclone.conf";
  EXPECT_THAT(
      rcloneCommand(settings_, {"copyto", "a", "b:c"}),
      ElementsAre("rclone", "--config", "/etc/rclone.conf", "--retries", "3", "--low-level-retries",
                  "3", "--contimeout", "15s", "--timeout", "60s", "copyto", "a", "b:c"));
}

}  // namespace
}  // namespace slipway::ops
