#include "platform/migrations.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <stdexcept>

#include "platform/sqlite/sqlite_engine.hpp"
#include "platform/test_support.hpp"

namespace slipway::platform {
namespace {

using base::EmbeddedFile;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr EmbeddedFile kOne{
    "0001_one.sql", "-- oldest-service: 0.1.0\nCREATE TABLE one (a);", {}, {}};
constexpr EmbeddedFile kTwo{
    "0002_two.sql", "-- Why.\n-- oldest-service: 1.2.0\nCREATE TABLE two (a);", {}, {}};
constexpr EmbeddedFile kBroken{
    "0002_broken.sql", "-- oldest-service: 0.1.0\nCREATE TABLE half (a); CREATE NONSENSE;", {}, {}};

std::vector<Migration> read(std::vector<EmbeddedFile> files) { return readMigrations(files); }

AppliedMigration applied(const Migration& migration) {
  return {migration.number, std::string(migration.name), migration.checksum,
          migration.oldestService};
}

TEST(ReadMigrations, OrdersThemAndReadsTheirHeader) {
  const auto migrations = read({kTwo, kOne});
  ASSERT_EQ(migrations.size(), 2U);
  EXPECT_EQ(migrations[0].name, "0001_one.sql");
  EXPECT_EQ(migrations[0].number, 1);
  EXPECT_EQ(migrations[0].checksum.size(), 64U);
  EXPECT_EQ(migrations[1].oldestService, "1.2.0");
}

TEST(ReadMigrations, RefusesFilesThatAreNotMigrations) {
  constexpr std::string_view kHeader = "-- oldest-service: 0.1.0\n";
  for (const auto& file : std::vector<EmbeddedFile>{
           {"one.sql", kHeader, {}, {}},
           {"0001-one.sql", kHeader, {}, {}},
           {"0001_one.txt", kHeader, {}, {}},
           {"0001", kHeader, {}, {}},
           {"0001_one.sql", "SELECT 1", {}, {}},
           {"0001_one.sql", "x -- oldest-service: 1.0.0", {}, {}},
           {"0001_one.sql", "-- oldest-service: 1.0\n", {}, {}},
           {"0001_one.sql", "-- oldest-service: a.b.c\n", {}, {}},
           {"0001_one.sql", "-- oldest-service: 1.0.0x\n", {}, {}},
           {"0001_one.sql", "-- oldest-service: 1.0.0\n-- phase: x\n", {}, {}}}) {
    EXPECT_THROW(read({file}), std::logic_error) << file.name << file.content;
  }
}

TEST(ReadMigrations, RefusesGapsAndDoubles) {
  EXPECT_THROW(read({kTwo}), std::logic_error);
  EXPECT_THROW(read({kOne, kOne}), std::logic_error);
}

TEST(PendingMigrations, AreThoseThatWereNotApplied) {
  const auto known = read({kOne, kTwo});
  const std::vector<AppliedMigration> done{applied(known[0])};
  const auto pending = pendingMigrations(known, done, "1.2.0");
  ASSERT_TRUE(pending);
  ASSERT_EQ(pending->size(), 1U);
  EXPECT_EQ((*pending)[0].name, "0002_two.sql");
}

TEST(PendingMigrations, AreRefusedWhenAnAppliedFileWasChanged) {
  const auto known = read({kOne});
  auto done = applied(known[0]);
  done.checksum = std::string(64, '0');
  const auto pending = pendingMigrations(known, std::vector{done}, "1.0.0");
  ASSERT_FALSE(pending);
  EXPECT_THAT(pending.error(), AllOf(HasSubstr("0001_one.sql"), HasSubstr("new migration")));
}

TEST(PendingMigrations, AreRefusedWhenTheSchemaIsTooNew) {
  const auto newer = read({kOne, kTwo});
  const auto known = read({kOne});
  const std::vector<AppliedMigration> done{applied(newer[0]), applied(newer[1])};
  const auto refused = pendingMigrations(known, done, "1.1.9");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(),
              AllOf(HasSubstr("0002_two.sql needs version 1.2.0"), HasSubstr("restore a backup")));
}

TEST(PendingMigrations, AreNoneOnANewerSchemaThatThisVersionStillRunsOn) {
  const auto newer = read({kOne, kTwo});
  const auto known = read({kOne});
  const std::vector<AppliedMigration> done{applied(newer[0]), applied(newer[1])};
  for (const char* version : {"1.2.0", "1.10.0", "2.0.0-rc1"}) {
    const auto pending = pendingMigrations(known, done, version);
    ASSERT_TRUE(pending) << version;
    EXPECT_THAT(*pending, IsEmpty());
  }
}

constexpr EmbeddedFile kExpand{
    "0003_expand.sql", "-- oldest-service: 0.1.0\nCREATE TABLE three (a);", {}, {}};
constexpr EmbeddedFile kContract{
    "0002_contract.sql", "-- oldest-service: 1.2.0\n-- phase: contract\nDROP TABLE one;", {}, {}};
constexpr EmbeddedFile kLater{
    "0003_later.sql", "-- oldest-service: 1.3.0\n-- phase: contract\nDROP TABLE two;", {}, {}};

std::vector<std::string_view> names(const std::vector<Migration>& migrations) {
  std::vector<std::string_view> found;
  for (const auto& migration : migrations) found.push_back(migration.name);
  return found;
}

TEST(ApplicableBeside, AreThoseBeforeTheFirstThatTheRunningVersionCannotDoWith) {
  const auto pending = read({kOne, kContract, kLater});
  const auto beside = [&](std::string_view running) {
    return names(applicableBeside(pending, running).value());
  };
  EXPECT_THAT(beside("1.1.9"), ElementsAre("0001_one.sql"));
  EXPECT_THAT(beside("1.2.0"), ElementsAre("0001_one.sql", "0002_contract.sql"));
  EXPECT_THAT(beside("1.3.0"), ElementsAre("0001_one.sql", "0002_contract.sql", "0003_later.sql"));
  // Of a version that nobody knows, nothing is believed.
  EXPECT_FALSE(applicableBeside(pending, "nonsense"));
}

TEST(ApplicableBeside, AreRefusedWhenOneThatIsNeededAtOnceHadToWait) {
  const auto breaking = applicableBeside(read({kOne, kTwo}), "1.1.0");
  ASSERT_FALSE(breaking);
  EXPECT_THAT(breaking.error(), AllOf(HasSubstr("0002_two.sql needs every running version"),
                                      HasSubstr("1.2.0"), HasSubstr("1.1.0 runs")));
  EXPECT_FALSE(applicableBeside(read({kOne, kContract, kExpand}), "1.1.0"));
}

TEST(Needed, AreAllButContractMigrationsAtTheEnd) {
  EXPECT_THAT(names(needed(read({kOne, kContract}))), ElementsAre("0001_one.sql"));
  EXPECT_THAT(names(needed(read({kOne, kContract, kExpand}))),
              ElementsAre("0001_one.sql", "0002_contract.sql", "0003_expand.sql"));
  EXPECT_THAT(needed({}), IsEmpty());
}

TEST(OldestService, IsThatOfTheStrictestMigration) {
  EXPECT_EQ(oldestService({}), "");
  const auto migrations = read({kOne, kTwo, kExpand});
  const std::vector<AppliedMigration> all{applied(migrations[0]), applied(migrations[1]),
                                          applied(migrations[2])};
  EXPECT_EQ(oldestService(all), "1.2.0");
}

class MigrateSqliteTest : public ::testing::Test {
 protected:
  slipway::testing::TemporaryFolder folder_;
  const SqliteOptions options_{.path = folder_.file("test.db")};
  const base::Timestamp now_{};

  std::vector<std::string> migrate(const std::vector<Migration>& migrations) {
    SqliteEngine engine(options_);
    return engine.migrate(migrations, "1.2.0", now_);
  }
  std::string failureOf(const std::vector<Migration>& migrations) {
    try {
      migrate(migrations);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return {};
  }
  bool hasTable(const std::string& name) const {
    SQLite::Database database(options_.path);
    return database.tableExists(name);
  }
};

TEST_F(MigrateSqliteTest, AppliesEachOnce) {
  EXPECT_THAT(migrate(read({kOne})), ElementsAre("0001_one.sql"));
  EXPECT_THAT(migrate(read({kOne, kTwo})), ElementsAre("0002_two.sql"));
  EXPECT_THAT(migrate(read({kOne, kTwo})), IsEmpty());
  EXPECT_TRUE(hasTable("one"));
  EXPECT_TRUE(hasTable("two"));
}

TEST_F(MigrateSqliteTest, KeepsNothingOfOneThatFails) {
  EXPECT_THAT(failureOf(read({kOne, kBroken})),
              AllOf(HasSubstr("0002_broken.sql failed"), HasSubstr("NONSENSE")));
  EXPECT_TRUE(hasTable("one"));
  EXPECT_FALSE(hasTable("half"));
  EXPECT_THAT(migrate(read({kOne, kTwo})), ElementsAre("0002_two.sql"));
}

TEST_F(MigrateSqliteTest, RefusesADatabaseOfAnotherHistory) {
  migrate(read({kOne}));
  EmbeddedFile changed = kOne;
  changed.content = "-- oldest-service: 0.1.0\nCREATE TABLE one (b);";
  EXPECT_THAT(failureOf(read({changed})), HasSubstr("is not what was applied"));
}

TEST_F(MigrateSqliteTest, GoesOnlyAsFarAsItIsTold) {
  SqliteEngine engine(options_);
  EXPECT_EQ(engine.migrateUpTo(2, "0.1.0", now_).size(), 2U);
  EXPECT_EQ(engine.schema("0.1.0").pending.size(), sqliteMigrations().size() - 2);
  EXPECT_EQ(engine.schema("0.1.0").oldestService, "0.1.0");
  EXPECT_EQ(engine.migrate("0.1.0", now_).size(), sqliteMigrations().size() - 2);
}

TEST_F(MigrateSqliteTest, SaysThatTheDatabaseIsLocked) {
  migrate({});
  SQLite::Database other(options_.path, SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  SqliteOptions impatient = options_;
  impatient.busyTimeout = std::chrono::milliseconds(5);
  SqliteEngine engine(impatient);
  EXPECT_THROW(engine.migrate(read({kOne}), "1.2.0", now_), std::runtime_error);
}

TEST_F(MigrateSqliteTest, LetsProcessesStartAtOnce) {
  const auto migrations = read({kOne, kTwo});
  constexpr int kProcesses = 4;
  std::vector<std::future<std::size_t>> starts;
  starts.reserve(kProcesses);
  for (int i = 0; i < kProcesses; ++i) {
    starts.push_back(std::async(std::launch::async, [&] { return migrate(migrations).size(); }));
  }
  std::size_t appliedInAll = 0;
  for (auto& each : starts) appliedInAll += each.get();
  EXPECT_EQ(appliedInAll, 2U);
}

TEST_F(MigrateSqliteTest, TheProgramsOwnMigrationsApply) {
  EXPECT_EQ(migrate(sqliteMigrations()).size(), sqliteMigrations().size());
  EXPECT_TRUE(hasTable("users"));
  EXPECT_TRUE(hasTable("idempotency_keys"));
}

}  // namespace
}  // namespace slipway::platform
