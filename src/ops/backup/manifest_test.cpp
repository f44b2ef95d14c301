#include "ops/backup/manifest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway::ops {
namespace {

using ::testing::HasSubstr;

Manifest someManifest() {
  return {.name = "production-20261122T215004Z",
          .environment = "production",
          .database = "slipway",
          .madeAt = "2026-11-22T21:50:04",
          .reason = "asked for",
          .program = "slipway 0.1.0",
          .server = "17.2",
          .isEncrypted = true,
          .fileBytes = 1200,
          .fileSha256 = std::string(64, 'a'),
          .dumpBytes = 1000,
          .dumpSha256 = std::string(64, 'b'),
          .tables = {{"public.users", 3, "123456789012345678901"}},
          .roles = {"slipway_app", "it's"}};
}

TEST(BackupManifest, IsReadAsItWasWritten) {
  const auto written = someManifest();
  const auto read = readManifest(toJson(written).dump());
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->name, written.name);
  EXPECT_TRUE(read->isEncrypted);
  EXPECT_EQ(read->fileBytes, 1200U);
  EXPECT_EQ(read->dumpSha256, written.dumpSha256);
  EXPECT_EQ(read->tables, written.tables);
  EXPECT_EQ(read->roles, written.roles);
  EXPECT_EQ(read->dumpFile(), "production-20261122T215004Z.dump.age");
}

TEST(BackupManifest, OfAnotherKindIsRefused) {
  EXPECT_FALSE(readManifest(""));
  EXPECT_FALSE(readManifest("[1]"));
  EXPECT_FALSE(readManifest("{}"));
  for (const auto* const key : {"format", "name", "environment", "file_bytes", "file_sha256",
                                "dump_bytes", "dump_sha256", "tables"}) {
    auto json = toJson(someManifest());
    json.set(key, nullptr);
    EXPECT_FALSE(readManifest(json.dump())) << key;
  }
  auto newer = toJson(someManifest());
  newer.set("format", 2);
  EXPECT_THAT(readManifest(newer.dump()).error(), HasSubstr("newer slipway"));
  auto other = toJson(someManifest());
  other.set("environment", "staging");
  EXPECT_FALSE(readManifest(other.dump()));
  auto path = toJson(someManifest());
  path.set("name", "production-/../../etc/20261122T215004Z");
  EXPECT_FALSE(readManifest(path.dump()));
}

TEST(BackupName, TellsWhenItWasMade) {
  using namespace std::chrono;
  const base::Timestamp time = sys_days(2026y / 11 / 22) + 21h + 50min + 4s + microseconds(467741);
  EXPECT_EQ(backupName("staging", time), "staging-20261122T215004Z");
  const auto back = timeOfBackup("staging-20261122T215004Z");
  ASSERT_TRUE(back) << back.error();
  EXPECT_EQ(*back, floor<seconds>(time));
  for (const auto* const name : {"", "staging", "staging-2026", "staging-20261322T215004Z",
                                 "staging-20261122T215004", "staging-20261122T255004Z"}) {
    EXPECT_FALSE(timeOfBackup(name)) << name;
  }
}

}  // namespace
}  // namespace slipway::ops
