#include "ops/backup/retention.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/temporary_folder_test_support.hpp"
#include "ops/backup/test_backup.hpp"

namespace slipway::ops {
namespace {

using slipway::testing::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::makeBackup;

constexpr const char* kJanuary2 = "production-20260102T000000Z";
constexpr const char* kJanuary3 = "production-20260103T000000Z";
constexpr const char* kJanuary9 = "production-20260109T000000Z";

class RetentionTest : public ::testing::Test {
 protected:
  RetentionTest() {
    for (const auto* const name : {kJanuary2, kJanuary3, kJanuary9}) {
      makeBackup(folder_.path(), name);
    }
  }
  void damage(const std::string& name) const {
    testing::writeText(folder_ / (name + ".dump"), "PGDMP and what fOllows");
  }
  std::vector<std::string> pruned(const std::string& now, bool isDryRun = false) {
    Steps silent(nullptr);
    const auto done = prune(settings_, *timeOfBackup("x-" + now), isDryRun, silent);
    EXPECT_TRUE(done) << done.error();
    return done->names;
  }

  slipway::testing::TemporaryFolder folder_;
  BackupSettings settings_{.environment = "production", .project = "p", .folder = folder_.path()};
};

TEST_F(RetentionTest, KeepsSevenDays) {
  EXPECT_THAT(pruned("20260109T000000Z"), IsEmpty());
  EXPECT_THAT(pruned("20260110T000000Z"), ElementsAre(kJanuary2));
  EXPECT_EQ(folder_.names().size(), 4U);
}

TEST_F(RetentionTest, KeepsTheLastOneForever) {
  EXPECT_THAT(pruned("20360110T000000Z"), ElementsAre(kJanuary3, kJanuary2));
  EXPECT_THAT(folder_.names(),
              ElementsAre(std::string(kJanuary9) + ".dump", std::string(kJanuary9) + ".json"));
}

TEST_F(RetentionTest, KeepsTheLastGoodOneWhenNewerOnesAreDamaged) {
  damage(kJanuary9);
  EXPECT_THAT(pruned("20260110T120000Z"), ElementsAre(kJanuary2));
  std::filesystem::remove(folder_ / (std::string(kJanuary9) + ".dump"));
  EXPECT_THAT(pruned("20260120T000000Z"), ElementsAre(kJanuary9));
}

TEST_F(RetentionTest, DeletesNothingWhenNoneIsGood) {
  for (const auto* const name : {kJanuary2, kJanuary3, kJanuary9}) damage(name);
  EXPECT_THAT(pruned("20360110T000000Z"), IsEmpty());
}

TEST_F(RetentionTest, ChangesNothingInADryRun) {
  EXPECT_THAT(pruned("20260110T000000Z", true), ElementsAre(kJanuary2));
  EXPECT_EQ(folder_.names().size(), 6U);
}

TEST_F(RetentionTest, TakesCopiesAlong) {
  const slipway::testing::TemporaryFolder copies;
  makeBackup(copies.path(), kJanuary2);
  makeBackup(copies.path(), kJanuary9);
  settings_.copyTo = copies.path();
  EXPECT_THAT(pruned("20260110T000000Z"), ElementsAre(kJanuary2));
  EXPECT_THAT(copies.names(),
              ElementsAre(std::string(kJanuary9) + ".dump", std::string(kJanuary9) + ".json"));
}

}  // namespace
}  // namespace slipway::ops
