#include "platform/sql_summary.hpp"

#include <gtest/gtest.h>

namespace slipway::platform {
namespace {

TEST(SqlSummaryTest, NamesTheOperationAndItsTable) {
  EXPECT_EQ(sqlOperation("SELECT id, from_date FROM users WHERE id = $1"), "SELECT");
  EXPECT_EQ(sqlTable("SELECT id, from_date FROM users WHERE id = $1"), "users");
  EXPECT_EQ(sqlTable("INSERT INTO users (a) VALUES ($1) ON CONFLICT DO UPDATE SET a = 1"), "users");
  EXPECT_EQ(sqlTable("UPDATE users SET version = version"), "users");
  EXPECT_EQ(sqlTable("DELETE FROM audit_log"), "audit_log");
}

TEST(SqlSummaryTest, LooksIntoSubqueries) {
  EXPECT_EQ(sqlTable("SELECT id FROM (SELECT * FROM users LIMIT 9) AS page"), "users");
}

TEST(SqlSummaryTest, HasNoTableWhereThereIsNone) {
  EXPECT_EQ(sqlOperation("ROLLBACK TO SAVEPOINT change"), "ROLLBACK");
  EXPECT_EQ(sqlTable("ROLLBACK TO SAVEPOINT change"), "");
  EXPECT_EQ(sqlTable("SELECT 1"), "");
  EXPECT_EQ(sqlTable("SELECT 1 FROM"), "");
  EXPECT_EQ(sqlOperation(""), "");
}

}  // namespace
}  // namespace slipway::platform
