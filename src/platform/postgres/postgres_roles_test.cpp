// database/init-prod.sql: what the service's role may do, and what it may not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/postgres/postgres_database_test_support.hpp"

namespace slipway::platform {
namespace {

using slipway::testing::run;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class PostgresRolesTest : public slipway::testing::PostgresTest {
 protected:
  // Roles are of the whole server: both tests make the same ones.
  void SetUp() override {
    name_ = "production";
    ASSERT_EQ(initialise(), 0);
    options_.url = urlOf("slipway_app", "app's password");
    options_.migrationUrl = urlOf("slipway_owner", "owner");
    engine().migrate("0.1.0", base::systemClock().now());
  }
  int initialise() {
    return slipway::testing::waitFor(slipway::testing::spawn(
        nullptr, "/dev/null",
        {"/usr/bin/psql", "-X", "-v", "ON_ERROR_STOP=1", "-v", "database=" + name_, "-v",
         "owner_password=owner", "-v", "app_password=app's password", "-f",
         SLIPWAY_SOURCE_DIR "/database/init-prod.sql", server().url()}));
  }
  base::Secret urlOf(const std::string& user, std::string password,
                     const std::string& database = "production") {
    for (const auto& [from, to] : {std::pair("'", "%27"), std::pair(" ", "%20")}) {
      const auto at = password.find(from);
      if (at != std::string::npos) password.replace(at, 1, to);
    }
    return base::Secret("postgresql://" + user + ":" + password +
                        "@127.0.0.1:" + std::to_string(server().port()) + "/" + database);
  }
  std::string errorOf(const std::string& sql) {
    const auto result = execute({"tried", sql, true});
    return result ? std::string() : result.error().message;
  }
};

TEST_F(PostgresRolesTest, TheServiceMayDoWhatItDoes) {
  EXPECT_EQ(initialise(), 0) << "again";
  EXPECT_THAT(engine().schema("0.1.0").pending, IsEmpty());
  const std::string insert =
      "INSERT INTO users (username, email, username_key, email_key, is_active, created_at, "
      "updated_at, version) VALUES ('a', 'a', 'a', 'a', true, now(), now(), 1)";
  EXPECT_EQ(errorOf(insert), "");
  EXPECT_EQ(errorOf("UPDATE users SET version = 2"), "");
  EXPECT_EQ(errorOf("DELETE FROM users"), "");
  EXPECT_EQ(errorOf("SELECT * FROM schema_migrations"), "");
  EXPECT_TRUE(run(loop_, database().beginExclusive("key")));
}

TEST_F(PostgresRolesTest, AndNothingElse) {
  for (const char* sql :
       {"CREATE TABLE mine (a int)", "CREATE TEMPORARY TABLE mine (a int)", "CREATE SCHEMA mine",
        "DROP TABLE users", "TRUNCATE users", "ALTER TABLE users ADD COLUMN x int",
        "UPDATE audit_log SET subject = ''", "DELETE FROM audit_log",
        "DELETE FROM schema_migrations", "UPDATE schema_migrations SET checksum = 'x'",
        "SELECT rolpassword FROM pg_authid", "SELECT pg_read_file('/etc/passwd')",
        "CREATE ROLE mine", "SET ROLE slipway_owner", "CREATE EXTENSION dblink",
        "COPY users TO PROGRAM 'cat'"}) {
    EXPECT_THAT(errorOf(sql), HasSubstr("(42501)")) << sql;
  }
  reopen();
  options_.url = urlOf("slipway_app", "app's password", "postgres");
  EXPECT_THAT(errorOf("SELECT 1"), HasSubstr("permission denied for database"));
}

}  // namespace
}  // namespace slipway::platform
