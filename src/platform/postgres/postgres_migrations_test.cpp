#include "platform/postgres/postgres_migrations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <thread>

#include "platform/postgres/postgres_blocking.hpp"
#include "platform/postgres/postgres_engine.hpp"
#include "platform/postgres/postgres_server_test_support.hpp"

namespace slipway::platform {
namespace {

using slipway::testing::FakeClock;
using slipway::testing::PostgresServer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::vector<Migration> numbers(std::string second = "SELECT 1;") {
  static std::string kept;  // migrations don't own their SQL
  kept = "-- oldest-service: 0.1.0\n" + second;
  const base::EmbeddedFile files[] = {
      {"0001_first.sql",
       "-- oldest-service: 0.1.0\nCREATE TABLE a (b bigint);\nCREATE INDEX ON a (b);"},
      {"0002_second.sql", kept}};
  return readMigrations(files);
}

class PostgresMigrationsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    name_ = server_.createDatabase();
    options_.url = base::Secret(server_.url(name_));
  }
  std::vector<std::string> migrate(std::span<const Migration> migrations,
                                   std::string_view version = "0.1.0") {
    return migratePostgres(target(), options_, migrations, version, clock_.now());
  }
  std::vector<std::string> pending(std::span<const Migration> migrations,
                                   std::string_view version = "0.1.0") {
    std::vector<std::string> names;
    for (const auto& each : postgresSchema(target(), options_, migrations, version).pending) {
      names.emplace_back(each.name);
    }
    return names;
  }
  PostgresTarget target() const { return parsePostgresUrl(options_.url.reveal()).value(); }
  template <typename Action>
  static std::string errorOf(Action action) {
    try {
      action();
    } catch (const DatabaseUnavailable& error) {
      return std::string("unavailable: ") + error.what();
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return {};
  }

  PostgresServer& server_ = PostgresServer::shared();
  FakeClock clock_;
  std::string name_;
  PostgresOptions options_;
};

TEST_F(PostgresMigrationsTest, AppliesWhatIsMissingOnce) {
  const auto migrations = numbers();
  EXPECT_THAT(pending(migrations), SizeIs(2));
  EXPECT_THAT(migrate(std::span(migrations).first(1)), ElementsAre("0001_first.sql"));
  EXPECT_THAT(pending(migrations), ElementsAre("0002_second.sql"));
  EXPECT_THAT(migrate(migrations), ElementsAre("0002_second.sql"));
  EXPECT_THAT(migrate(migrations), IsEmpty());
  EXPECT_THAT(pending(migrations), IsEmpty());
  EXPECT_EQ(server_.run("SELECT applied_at AT TIME ZONE 'UTC' FROM schema_migrations", name_),
            "2025-11-22 21:50:04.467741");
}

TEST_F(PostgresMigrationsTest, TenAtOnceApplyEachOnce) {
  std::vector<std::thread> threads;
  std::barrier together(10);
  std::atomic<std::size_t> applied{0};
  const auto migrations = postgresMigrations();
  for (int i = 0; i < 10; ++i) {
    threads.emplace_back([&] {
      together.arrive_and_wait();
      applied += migrate(migrations).size();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(applied, migrations.size());
}

TEST_F(PostgresMigrationsTest, KeepsNothingOfAFailedMigration) {
  const auto migrations = numbers("CREATE TABLE c (); SELECT 1 / 0;");
  const auto error = errorOf([&] { migrate(migrations); });
  EXPECT_THAT(error, HasSubstr("Migration 0002_second.sql failed"));
  EXPECT_THAT(error, HasSubstr("22012"));
  EXPECT_EQ(server_.run("SELECT to_regclass('c') IS NULL", name_), "t");
  EXPECT_THAT(pending(numbers()), ElementsAre("0002_second.sql"));
}

TEST_F(PostgresMigrationsTest, RefusesAChangedFileAndANewerSchema) {
  migrate(numbers());
  EXPECT_THAT(errorOf([&] { migrate(numbers("SELECT 2;")); }), StartsWith("Migration 0002"));
  EXPECT_THAT(errorOf([&] { pending(numbers("SELECT 2;")); }), StartsWith("Migration 0002"));
  server_.run("INSERT INTO schema_migrations VALUES (3, '0003_x.sql', 'x', '0.9.0', now())", name_);
  EXPECT_THAT(errorOf([&] { pending(numbers()); }), HasSubstr("needs version 0.9.0"));
  EXPECT_THAT(pending(numbers(), "0.9.1"), IsEmpty());
}

TEST_F(PostgresMigrationsTest, WaitsForAnotherButNotForEver) {
  options_.migrationWait = std::chrono::milliseconds(200);
  migrate(numbers());
  PostgresBlocking other(target(), options_.connectTimeout);
  other.run(
      "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('slipway.schema_migrations', 0))");
  EXPECT_THAT(errorOf([&] { migrate(numbers()); }), StartsWith("unavailable: "));
}

TEST_F(PostgresMigrationsTest, IsUnavailableWithoutAServer) {
  options_.url = base::Secret("postgresql://127.0.0.1:1/x");
  EXPECT_THAT(errorOf([&] { migrate(numbers()); }), StartsWith("unavailable: "));
  EXPECT_THAT(errorOf([&] { pending(numbers()); }), StartsWith("unavailable: "));
}

TEST_F(PostgresMigrationsTest, RunUnderARoleOfTheirOwn) {
  server_.run("CREATE ROLE owner_of_" + name_ + " LOGIN PASSWORD 'x'");
  server_.run("GRANT CREATE ON SCHEMA public TO owner_of_" + name_, name_);
  server_.run(
      "ALTER DEFAULT PRIVILEGES FOR ROLE owner_of_" + name_ + " GRANT SELECT ON TABLES TO PUBLIC",
      name_);
  server_.run("CREATE ROLE user_of_" + name_ + " LOGIN PASSWORD 'x'");
  const auto as = [&](const std::string& role) {
    return base::Secret("postgresql://" + role + name_ +
                        ":x@127.0.0.1:" + std::to_string(server_.port()) + "/" + name_);
  };
  PostgresEngine engine({.url = as("user_of_"), .migrationUrl = as("owner_of_")});
  EXPECT_THAT(engine.schema("0.1.0").pending, SizeIs(postgresMigrations().size()));
  EXPECT_THAT(engine.migrate("0.1.0", clock_.now()), SizeIs(postgresMigrations().size()));
  EXPECT_THAT(engine.schema("0.1.0").pending, IsEmpty());
  EXPECT_EQ(engine.schema("0.1.0").oldestService, "0.1.0");
}

}  // namespace
}  // namespace slipway::platform
