#include "service/rights.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace slipway::service {
namespace {

constexpr std::string_view kContained =
    "Name:\tslipwayd\nUid:\t10001\t10001\t10001\t10001\nGid:\t10001\t10001\t10001\t10001\n"
    "Groups:\t \nCapInh:\t0000000000000000\nCapEff:\t0000000000000000\n"
    "CapBnd:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t1\n";
constexpr std::string_view kRoot =
    "Name:\tslipwayd\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nGroups:\t0 4 \n"
    "CapEff:\t00000000a80425fb\nCapBnd:\t000001ffffffffff\nNoNewPrivs:\t0\nSeccomp:\t0\n";

std::vector<std::string_view> ids(const std::vector<RightsFinding>& findings) {
  std::vector<std::string_view> names;
  for (const auto& finding : findings) names.push_back(finding.id);
  return names;
}

TEST(Rights, FindsNothingInAContainedProcess) {
  const auto rights = parseProcessStatus(kContained);
  ASSERT_TRUE(rights) << rights.error();
  EXPECT_EQ(rights->userId, 10001u);
  EXPECT_EQ(rights->seccompMode, 2);
  EXPECT_TRUE(findExcessRights(*rights).empty());
}

TEST(Rights, FindsEveryRightThatIsTooMuch) {
  auto rights = parseProcessStatus(kRoot);
  ASSERT_TRUE(rights) << rights.error();
  rights->rootReadOnly = false;
  rights->writablePaths = {"/", "/etc"};
  const auto findings = findExcessRights(*rights);
  EXPECT_EQ(ids(findings), (std::vector<std::string_view>{
                               "root_user", "root_group", "capabilities", "bounding_set",
                               "new_privileges", "no_seccomp", "writable_root", "writable_paths"}));
  EXPECT_EQ(findings.back().problem, "may write to /, /etc");
  EXPECT_TRUE(std::ranges::none_of(findings, [](const auto& f) { return f.remedy.empty(); }));
}

TEST(Rights, CountsRootAmongTheSupplementaryGroups) {
  auto rights = parseProcessStatus(kContained);
  ASSERT_TRUE(rights);
  rights->groups = {5, 0};
  EXPECT_EQ(ids(findExcessRights(*rights)), (std::vector<std::string_view>{"root_group"}));
}

TEST(Rights, NamesCapabilities) {
  EXPECT_EQ(capabilityNames(0), "");
  EXPECT_EQ(capabilityNames((1ULL << 21) | 1), "CHOWN, SYS_ADMIN");
  EXPECT_EQ(capabilityNames(1ULL << 63), "63");
}

TEST(Rights, SaysWhichLineIsMissing) {
  const auto rights = parseProcessStatus("Uid:\t1\t1\t1\t1\n");
  ASSERT_FALSE(rights);
  EXPECT_EQ(rights.error(), "Gid");
}

TEST(Rights, ReadsThisProcess) {
  const auto rights = readProcessRights();
  ASSERT_TRUE(rights) << rights.error();
}

}  // namespace
}  // namespace slipway::service
