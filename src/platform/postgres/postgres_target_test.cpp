#include "platform/postgres/postgres_target.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway::platform {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

PostgresTarget target(std::string_view url) {
  auto parsed = parsePostgresUrl(url);
  EXPECT_TRUE(parsed) << parsed.error();
  return parsed.value_or(PostgresTarget{});
}

TEST(PostgresTarget, TakesAUrlApart) {
  const auto parsed = target("postgresql://ann:p%40ss%2C@db:5433/users?sslmode=verify-full");
  ASSERT_EQ(parsed.hosts.size(), 1U);
  EXPECT_EQ(parsed.hosts[0].host, "db");
  EXPECT_EQ(parsed.hosts[0].port, "5433");
  EXPECT_THAT(parsed.parameters,
              AllOf(Contains(Pair("user", "ann")), Contains(Pair("password", "p@ss,")),
                    Contains(Pair("dbname", "users")), Contains(Pair("sslmode", "verify-full"))));
}

TEST(PostgresTarget, KnowsSeveralHosts) {
  const auto parsed = target("postgres://u:p@a:1,b:2,[::1]:3/x?target_session_attrs=read-write");
  ASSERT_EQ(parsed.hosts.size(), 3U);
  EXPECT_EQ(parsed.hosts[1].host, "b");
  EXPECT_EQ(parsed.hosts[1].port, "2");
  EXPECT_EQ(parsed.hosts[2].host, "::1");
}

TEST(PostgresTarget, KnowsSocketFoldersAndAddresses) {
  const auto socket = target("postgresql://u@/x?host=/run/postgresql");
  ASSERT_EQ(socket.hosts.size(), 1U);
  EXPECT_TRUE(socket.hosts[0].isSocketFolder());
  const auto address = target("postgresql://db/x?hostaddr=10.0.0.1");
  EXPECT_EQ(address.hosts[0].host, "db");
  EXPECT_EQ(address.hosts[0].address, "10.0.0.1");
}

TEST(PostgresTarget, SaysWhatIsWrongWithoutTheUrl) {
  for (const char* url :
       {"mysql://u:s3cret@db/x", "postgresql://u:s3cret@db:port/x", "postgresql:s3cret",
        "postgresql://u:s3cret@db/x?sslmodes=no", "postgresql://u:s3cret/x@db/x",
        "postgresql://u:s3cr@et@db/x", "postgresql://u:s3cret@a:1,b:2,c:3/x?port=1,2",
        "postgresql://u:%zz@db/x"}) {
    const auto parsed = parsePostgresUrl(url);
    ASSERT_FALSE(parsed) << url;
    EXPECT_THAT(parsed.error(), Not(HasSubstr("s3c"))) << url;
  }
}

TEST(PostgresTarget, LimitsGoWithASessionOfOurOwn) {
  PostgresOptions options;
  const auto withDefaults = [&](PostgresSession session) {
    auto parsed = target("postgresql://db/x?options=-c%20work_mem%3D1MB");
    addPostgresDefaults(parsed, options, session);
    return parsed.parameters;
  };
  EXPECT_THAT(withDefaults(PostgresSession::Service),
              Contains(Pair("options", AllOf(HasSubstr("-c statement_timeout=5000"),
                                             HasSubstr(" -c work_mem=1MB")))));
  const auto unlimited = Contains(Pair("options", "-c work_mem=1MB"));
  EXPECT_THAT(withDefaults(PostgresSession::Migration), unlimited);
  options.pooler = PostgresPooler::Transaction;
  EXPECT_THAT(withDefaults(PostgresSession::Service), unlimited);
}

}  // namespace
}  // namespace slipway::platform
