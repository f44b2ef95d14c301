#include "ops/backup/table_sums.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway::ops {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(TableSum, IsReadFromALine) {
  const auto sum = readTableSum("public.users|12|123456789012345678901");
  ASSERT_TRUE(sum) << sum.error();
  EXPECT_EQ(*sum, (TableSum{"public.users", 12, "123456789012345678901"}));
  const auto odd = readTableSum(R"(public."a|b"|0|0)");
  ASSERT_TRUE(odd) << odd.error();
  EXPECT_EQ(odd->table, R"(public."a|b")");
}

TEST(TableSum, IsNoOtherLine) {
  for (const auto* const line : {"", "|", "||", "users|1", "users|x|1", "users|1|", "users|1|-2"}) {
    EXPECT_FALSE(readTableSum(line)) << line;
  }
}

TEST(TableSums, DifferInRowsSumsAndTables) {
  const TableSums dumped{{"a", 1, "10"}, {"b", 2, "20"}, {"c", 3, "30"}};
  EXPECT_THAT(differences(dumped, dumped), IsEmpty());
  EXPECT_THAT(differences(dumped, {{"a", 1, "11"}, {"b", 3, "20"}, {"d", 0, "0"}}),
              ElementsAre("a has other rows than were dumped", "b has 3 rows, not 2",
                          "c is not there", "d was not dumped"));
}

TEST(TableSums, AreReadAsTheyWereWritten) {
  const TableSums sums{{"public.users", 3, "99"}, {"public.audit_log", 0, "0"}};
  const auto read = readTableSums(toJson(sums));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(*read, sums);
  EXPECT_EQ(rowsIn(*read), 3U);
  EXPECT_FALSE(readTableSums(base::Json()));
  EXPECT_FALSE(readTableSums(base::Json::array({base::Json::object({{"table", "x"}})})));
}

}  // namespace
}  // namespace slipway::ops
