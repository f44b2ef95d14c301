#include "ops/backup/backup_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/temporary_folder_test_support.hpp"
#include "ops/backup/database_container.hpp"
#include "ops/backup/steps.hpp"
#include "ops/backup/test_backup.hpp"

namespace slipway::ops {
namespace {

using slipway::testing::TemporaryFolder;
using ::testing::Contains;
using ::testing::HasSubstr;

class BackupSettingsTest : public ::testing::Test {
 protected:
  Result<BackupSettings> read(const std::string& envFile) {
    testing::writeText(folder_ / ".env.production", envFile);
    const auto stack = locateStack({.environment = "production", .folder = folder_.path()},
                                   EnvFile(envFile), none_);
    return backupSettings(stack, none_);
  }

  slipway::testing::TemporaryFolder folder_;
  Variables none_ = [](const std::string&) { return std::nullopt; };
};

TEST_F(BackupSettingsTest, HaveDefaults) {
  const auto settings = read("");
  ASSERT_TRUE(settings) << settings.error();
  EXPECT_EQ(settings->folder, folder_ / "backups/production");
  EXPECT_EQ(settings->metrics, folder_ / "state/production/metrics");
  EXPECT_EQ(settings->keep, std::chrono::days(7));
  EXPECT_EQ(settings->project, "slipway-production");
  EXPECT_TRUE(settings->recipients.empty());
  EXPECT_EQ(settings->serviceImage, "slipway/slipwayd:latest");
}

TEST_F(BackupSettingsTest, AreReadFromTheEnvFile) {
  const auto settings = read(
      "BACKUP_DIR=/srv/backups\nBACKUP_RECIPIENTS_FILE=keys.txt\nBACKUP_COPY_TO=s3:bucket/slipway\n"
      "BACKUP_RCLONE_CONFIG=./secrets/rclone.conf\nBACKUP_KEEP_DAYS=30\n");
  ASSERT_TRUE(settings) << settings.error();
  EXPECT_EQ(settings->folder, "/srv/backups");
  EXPECT_EQ(settings->recipients, folder_ / "keys.txt");
  EXPECT_EQ(settings->copyTo, "s3:bucket/slipway");
  EXPECT_EQ(settings->rcloneConfig, folder_ / "secrets/rclone.conf");
  EXPECT_EQ(settings->keep, std::chrono::days(30));
}

TEST_F(BackupSettingsTest, KeepAtLeastADay) {
  for (const auto* const days : {"0", "-1", "x", "3651"}) {
    EXPECT_FALSE(read(std::string("BACKUP_KEEP_DAYS=") + days)) << days;
  }
}

TEST(DatabaseContainer, LetsOnlyPlainNamesIntoSql) {
  for (const auto* const name : {"slipway", "slipway_before_20260102t030405z", "_x"}) {
    EXPECT_TRUE(isPlainName(name)) << name;
  }
  for (const auto& name : std::vector<std::string>{"", "1x", "Slipway", "a b", "a;b", "a'b", "a=b",
                                                   "-x", std::string(64, 'a')}) {
    EXPECT_FALSE(isPlainName(name)) << name;
  }
  const DatabaseContainer container("id", std::chrono::seconds(1), {});
  EXPECT_THROW(static_cast<void>(container.psql("a;b")), std::invalid_argument);
}

TEST(DatabaseContainer, CompressesAsTheServerCan) {
  const DatabaseContainer container("id", std::chrono::seconds(1), {});
  EXPECT_THAT(container.dump("slipway", "1-2", 170002).arguments, Contains("--compress=zstd:3"));
  EXPECT_THAT(container.dump("slipway", "1-2", 150002).arguments, Contains("--compress=6"));
  EXPECT_THAT(container.dump("slipway", "1-2", 170002).arguments, Contains("--snapshot=1-2"));
}

TEST(SizeInWords, HasOneDecimal) {
  EXPECT_EQ(sizeInWords(0), "0 B");
  EXPECT_EQ(sizeInWords(1023), "1023 B");
  EXPECT_EQ(sizeInWords(1536), "1.5 KiB");
  EXPECT_EQ(sizeInWords(std::uint64_t{5} << 40U), "5.0 TiB");
}

}  // namespace
}  // namespace slipway::ops
