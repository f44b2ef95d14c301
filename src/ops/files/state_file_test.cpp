#include "ops/files/state_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/temporary_folder_test_support.hpp"

namespace slipway::ops {
namespace {

using slipway::testing::TemporaryFolder;
using ::testing::HasSubstr;

mode_t modeOf(const std::filesystem::path& path) {
  struct stat found{};
  EXPECT_EQ(stat(path.c_str(), &found), 0);
  return found.st_mode & 0777U;
}

TEST(ReplaceFile, MakesAndReplacesWithoutLeavingAnythingElse) {
  const slipway::testing::TemporaryFolder folder;
  const auto path = folder / "state.json";
  ASSERT_TRUE(replaceFile(path, "one", 0640));
  EXPECT_EQ(readStateFile(path)->value(), "one");
  EXPECT_EQ(modeOf(path), 0640U);
  ASSERT_EQ(chmod(path.c_str(), 0600), 0);
  ASSERT_TRUE(replaceFile(path, "two", 0640));
  EXPECT_EQ(readStateFile(path)->value(), "two");
  EXPECT_EQ(modeOf(path), 0600U);
  EXPECT_EQ(folder.names(), std::vector<std::string>{"state.json"});
}

TEST(ReplaceFile, SaysWhatItCouldNotDo) {
  const auto written = replaceFile("/nonexistent/state.json", "x");
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error(), HasSubstr("/nonexistent/state.json: No such file or directory"));
}

TEST(AppendLine, EndsALineThatWasCutShort) {
  const slipway::testing::TemporaryFolder folder;
  const auto path = folder / "history.jsonl";
  ASSERT_TRUE(appendLine(path, "one"));
  ASSERT_TRUE(replaceFile(path, "one\ntw"));
  ASSERT_TRUE(appendLine(path, "three"));
  EXPECT_EQ(readStateFile(path)->value(), "one\ntw\nthree\n");
}

TEST(ReadStateFile, TellsAMissingFileFromOneThatCannotBeRead) {
  const slipway::testing::TemporaryFolder folder;
  const auto missing = readStateFile(folder / "none");
  ASSERT_TRUE(missing);
  EXPECT_FALSE(*missing);
  EXPECT_FALSE(readStateFile(folder.path()));
}

}  // namespace
}  // namespace slipway::ops
