#include "ops/deploy/history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/temporary_folder_test_support.hpp"
#include "ops/deploy/image_prune.hpp"
#include "ops/deploy/status.hpp"
#include "ops/files/state_file.hpp"

namespace slipway::ops {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

HistoryEntry entry(std::string version, std::string result = "deployed") {
  return {.time = "2026-01-02T03:04:05.5",
          .verb = "deploy",
          .who = "ana",
          .from = {"1.0.0", "", ""},
          .to = {std::move(version), "sha256:1", "1.1.0"},
          .result = std::move(result),
          .seconds = 75.25};
}

TEST(History, IsWrittenAndReadAlike) {
  const slipway::testing::TemporaryFolder folder;
  const auto path = folder / "history.jsonl";
  EXPECT_THAT(readHistory(path)->entries, IsEmpty());
  auto failed = entry("1.1.0", "failed");
  failed.step = "guard";
  failed.reason = "worse: 5 \"errors\"\n";
  ASSERT_TRUE(addToHistory(path, entry("1.1.0")));
  ASSERT_TRUE(addToHistory(path, failed));
  const auto history = readHistory(path);
  ASSERT_TRUE(history);
  ASSERT_EQ(history->entries.size(), 2U);
  EXPECT_EQ(toJson(history->entries[1]), toJson(failed));
  EXPECT_DOUBLE_EQ(history->entries[0].seconds, 75.25);
}

TEST(History, ReadsOnAfterALineThatACrashCutShort) {
  const slipway::testing::TemporaryFolder folder;
  const auto path = folder / "history.jsonl";
  ASSERT_TRUE(addToHistory(path, entry("1.1.0")));
  ASSERT_TRUE(replaceFile(path, **readStateFile(path) + R"({"time":"2026)"));
  ASSERT_TRUE(addToHistory(path, entry("1.2.0")));
  const auto history = readHistory(path);
  EXPECT_EQ(history->entries.size(), 2U);
  EXPECT_EQ(history->unreadable, 1U);
  EXPECT_THAT(inLines(*history, 20), HasSubstr("1 lines could not be read"));
}

TEST(History, ShowsTheNewestFirst) {
  History history{{entry("1.1.0"), entry("1.2.0", "failed"), entry("1.3.0")}};
  const auto text = inLines(history, 2);
  EXPECT_EQ(text.find("1.1.0"), std::string::npos);
  EXPECT_LT(text.find("1.3.0"), text.find("1.2.0"));
  EXPECT_THAT(text, AllOf(HasSubstr("2026-01-02T03:04:05  deploy"),
                          HasSubstr("1.0.0 -> 1.3.0  deployed, 75 s, by ana")));
}

TEST(LastReleases, AreTheDifferentOnesThatServed) {
  const History history{{entry("1"), entry("2"), entry("3", "failed"), entry("1", "rolled back"),
                         entry("4", "undecided")}};
  std::vector<std::string> versions;
  for (const auto& release : lastReleases(history, 2)) versions.push_back(release.version);
  EXPECT_THAT(versions, ElementsAre("4", "1"));
}

TEST(Prunable, IsWhatWasDeployedOnceAndIsNoLongerAmongTheLast) {
  const History production{{entry("1"), entry("2"), entry("3"), entry("x", "failed"), entry("4")}};
  const History staging{{entry("1")}};
  EXPECT_THAT(prunable({production}, 2), ElementsAre("1", "2", "x"));
  EXPECT_THAT(prunable({production, staging}, 2), ElementsAre("2", "x"));
  EXPECT_THAT(prunable({}, 2), IsEmpty());
}

}  // namespace
}  // namespace slipway::ops
