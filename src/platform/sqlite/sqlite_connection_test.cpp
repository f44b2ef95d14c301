#include "platform/sqlite/sqlite_connection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "platform/sqlite/sqlite_errors.hpp"
#include "platform/test_support.hpp"

namespace slipway::platform {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Kind = SqlError::Kind;
using Role = SqliteConnection::Role;
using std::chrono::steady_clock;

constexpr Statement kCreate{"create", "CREATE TABLE t (a INTEGER, b TEXT UNIQUE, c, d)", true};
constexpr Statement kInsert{"insert", "INSERT INTO t VALUES ($1, $2, $3, $4)", true};
constexpr Statement kAll{"all", "SELECT a, b, c, d FROM t ORDER BY a"};
constexpr Statement kForever{
    "forever",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"};

steady_clock::time_point soon() { return steady_clock::now() + std::chrono::seconds(20); }

class SqliteConnectionTest : public ::testing::Test {
 protected:
  slipway::testing::TemporaryFolder folder_;
  SqliteOptions options_{.path = folder_.file("test.db"),
                         .busyTimeout = std::chrono::milliseconds(20)};
  SqliteConnection writer_{options_, Role::Writer};

  SqlResult write(const Statement& statement, const SqlParameters& parameters = {}) {
    return writer_.execute(statement, parameters, soon());
  }
};

TEST_F(SqliteConnectionTest, KeepsEveryTypeOfValue) {
  ASSERT_TRUE(write(kCreate));
  const base::Timestamp time(std::chrono::microseconds(-7));
  const auto inserted =
      write(kInsert, {std::int64_t{1} << 62, std::string("\xc3\xa9"), true, time});
  ASSERT_TRUE(inserted);
  EXPECT_EQ((*inserted)->affected(), 1);
  const auto found = write(kAll);
  ASSERT_TRUE(found);
  const Rows& rows = **found;
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows.integer(0, 0), std::int64_t{1} << 62);
  EXPECT_EQ(rows.text(0, 1), "\xc3\xa9");
  EXPECT_TRUE(rows.boolean(0, 2));
  EXPECT_EQ(rows.timestamp(0, 3), time);
  EXPECT_EQ(rows.affected(), 0);
}

TEST_F(SqliteConnectionTest, TellsNullFromEmptyText) {
  ASSERT_TRUE(write(kCreate));
  ASSERT_TRUE(write(kInsert, {std::int64_t{1}, std::string(), std::monostate{}, false}));
  const auto found = write(kAll);
  ASSERT_TRUE(found);
  EXPECT_FALSE((*found)->isNull(0, 1));
  EXPECT_EQ((*found)->text(0, 1), "");
  EXPECT_TRUE((*found)->isNull(0, 2));
  EXPECT_FALSE((*found)->boolean(0, 3));
}

TEST_F(SqliteConnectionTest, BindsPlaceholdersByTheirNumberAndRepeatedly) {
  constexpr Statement kSwapped{"swapped", "SELECT $2 || $1 || $2"};
  const auto found = write(kSwapped, {std::string("a"), std::string("b")});
  ASSERT_TRUE(found);
  EXPECT_EQ((*found)->text(0, 0), "bab");
}

TEST_F(SqliteConnectionTest, ReturnsRowsOfAWrite) {
  constexpr Statement kReturning{
      "r", "INSERT INTO t (b) VALUES ($1) ON CONFLICT DO NOTHING RETURNING rowid", true};
  ASSERT_TRUE(write(kCreate));
  const auto first = write(kReturning, {std::string("x")});
  ASSERT_TRUE(first);
  EXPECT_EQ((*first)->integer(0, 0), 1);
  const auto second = write(kReturning, {std::string("x")});
  ASSERT_TRUE(second);
  EXPECT_EQ((*second)->size(), 0U);
}

TEST_F(SqliteConnectionTest, RefusesTextWithNul) {
  ASSERT_TRUE(write(kCreate));
  const auto result = write(kInsert, {std::int64_t{1}, std::string("a\0b", 3), false, false});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Kind::InvalidText);
}

TEST_F(SqliteConnectionTest, ClassifiesAUniqueViolation) {
  ASSERT_TRUE(write(kCreate));
  ASSERT_TRUE(write(kInsert, {std::int64_t{1}, std::string("x"), false, false}));
  const auto result = write(kInsert, {std::int64_t{2}, std::string("x"), false, false});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Kind::UniqueViolation);
  EXPECT_TRUE(write(kInsert, {std::int64_t{2}, std::string("y"), false, false}));
}

TEST_F(SqliteConnectionTest, SaysThatABugIsOne) {
  constexpr Statement kWrong{"wrong", "SELECT nothing FROM nowhere"};
  const auto wrong = write(kWrong);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, Kind::Internal);
  EXPECT_THAT(wrong.error().message, HasSubstr("wrong"));
  ASSERT_TRUE(write(kCreate));
  const auto tooFew = write(kInsert, {std::int64_t{1}});
  ASSERT_FALSE(tooFew);
  EXPECT_EQ(tooFew.error().kind, Kind::Internal);
}

TEST_F(SqliteConnectionTest, StopsAStatementAtItsDeadlineAndWorksOn) {
  const auto result =
      writer_.execute(kForever, {}, steady_clock::now() + std::chrono::milliseconds(5));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Kind::Timeout);
  EXPECT_TRUE(write(kCreate));
}

TEST_F(SqliteConnectionTest, ForgetsStatementsBeyondABound) {
  constexpr int kMany = 600;
  std::vector<std::string> texts;
  texts.reserve(kMany);
  for (int i = 0; i < kMany; ++i) texts.push_back("SELECT " + std::to_string(i));
  for (const auto& text : texts) {
    const Statement statement{"many", text};
    ASSERT_TRUE(write(statement));
  }
}

TEST_F(SqliteConnectionTest, RollsBackAndCommits) {
  ASSERT_TRUE(write(kCreate));
  ASSERT_TRUE(writer_.begin(soon()));
  EXPECT_TRUE(writer_.inTransaction());
  ASSERT_TRUE(write(kInsert, {std::int64_t{1}, std::string("x"), false, false}));
  writer_.rollback();
  EXPECT_FALSE(writer_.inTransaction());
  writer_.rollback();  // nothing to do
  ASSERT_TRUE(writer_.begin(soon()));
  ASSERT_TRUE(write(kInsert, {std::int64_t{2}, std::string("y"), false, false}));
  ASSERT_TRUE(writer_.commit());
  const auto found = write(kAll);
  ASSERT_TRUE(found);
  ASSERT_EQ((*found)->size(), 1U);
  EXPECT_EQ((*found)->integer(0, 0), 2);
  EXPECT_FALSE(writer_.commit());  // none is open
}

TEST_F(SqliteConnectionTest, WaitsOnlyAWhileForAnotherProcessLock) {
  SqliteConnection other(options_, Role::Writer);
  ASSERT_TRUE(other.begin(soon()));
  const auto begun = writer_.begin(soon());
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().kind, Kind::Timeout);
}

TEST_F(SqliteConnectionTest, AReaderCannotWrite) {
  SqliteConnection reader(options_, Role::Reader);
  const auto result = reader.execute(kCreate, {}, soon());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Kind::Unavailable);
}

TEST_F(SqliteConnectionTest, TellsTheObserverWhatRan) {
  std::vector<std::string> seen;
  options_.observer = [&](std::string_view query, std::chrono::nanoseconds took) {
    EXPECT_GE(took.count(), 0);
    seen.emplace_back(query);
  };
  SqliteConnection observed(options_, Role::Writer);
  ASSERT_TRUE(observed.execute(kCreate, {}, soon()));
  EXPECT_THAT(seen, ::testing::ElementsAre("create"));
}

TEST_F(SqliteConnectionTest, ProbeNoticesThatTheFileWasMoved) {
  EXPECT_TRUE(writer_.probe(soon()));
  std::filesystem::rename(options_.path, folder_.file("elsewhere.db"));
  EXPECT_FALSE(writer_.probe(soon()));
}

TEST_F(SqliteConnectionTest, ProtectsTheFileFromOtherUsers) {
  struct stat status{};
  ASSERT_EQ(::stat(options_.path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(SqliteConnectionTest, KeepsAcknowledgedWritesThroughAPowerFailure) {
  constexpr Statement kSynchronous{"s", "PRAGMA synchronous"};
  constexpr Statement kJournal{"j", "PRAGMA journal_mode"};
  const auto synchronous = write(kSynchronous);
  ASSERT_TRUE(synchronous);
  EXPECT_EQ((*synchronous)->integer(0, 0), 2);
  const auto journal = write(kJournal);
  ASSERT_TRUE(journal);
  EXPECT_EQ((*journal)->text(0, 0), "wal");
}

TEST_F(SqliteConnectionTest, AFullDatabaseIsUnavailable) {
  ASSERT_TRUE(write(kCreate));
  constexpr Statement kBound{"bound", "PRAGMA max_page_count = 4"};
  ASSERT_TRUE(write(kBound));
  SqlResult result;
  for (int i = 0; i < 50 && result; ++i) {
    result = write(kInsert,
                   {std::int64_t{i}, std::string(2000, static_cast<char>('a' + i)), false, false});
  }
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Kind::Unavailable);
}

std::string openingError(const std::string& path) {
  try {
    const SqliteConnection connection(SqliteOptions{.path = path}, Role::Writer);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return {};
}

TEST(SqliteOpen, SaysWhatToDoAboutAMissingFolder) {
  EXPECT_THAT(openingError("/nonexistent/x/slipway.db"),
              AllOf(HasSubstr("/nonexistent/x/slipway.db"), HasSubstr("folder does not exist"),
                    HasSubstr("Create /nonexistent/x")));
}

TEST(SqliteOpen, SaysWhatToDoAboutAFolder) {
  const slipway::testing::TemporaryFolder folder;
  EXPECT_THAT(openingError(folder.file("")), HasSubstr("it is a folder"));
}

TEST(SqliteOpen, SaysWhatToDoAboutAnotherFile) {
  const slipway::testing::TemporaryFolder folder;
  std::ofstream(folder.file("notes.txt")) << std::string(4096, 'x');
  EXPECT_THAT(openingError(folder.file("notes.txt")),
              AllOf(HasSubstr("not a database"), HasSubstr("Restore a backup")));
}

TEST(SqliteOpen, SaysWhatToDoAboutMissingRights) {
  const std::string path = ::geteuid() == 0 ? "/proc/slipway.db" : "/slipway.db";
  EXPECT_THAT(openingError(path), AllOf(HasSubstr(path), HasSubstr("DATABASE_URL")));
}

TEST(SqliteUrl, NamesAFileOrMemory) {
  EXPECT_EQ(sqlitePath("sqlite:///./slipway.db"), "./slipway.db");
  EXPECT_EQ(sqlitePath("sqlite:////var/lib/slipway.db"), "/var/lib/slipway.db");
  EXPECT_EQ(sqlitePath("sqlite:///:memory:"), "");
  EXPECT_EQ(sqlitePath("sqlite:///"), "");
  EXPECT_EQ(sqlitePath("sqlite://"), "");
}

TEST(SqliteUrl, RefusesWhatItCannotHonour) {
  for (const char* url : {"", "sqlite:/x", "postgresql://x/y", "sqlite://host/x",
                          "sqlite:///a?mode=ro", "sqlite:///a#b", "sqlite:///folder/"}) {
    EXPECT_FALSE(sqlitePath(url)) << url;
  }
  EXPECT_FALSE(sqlitePath(std::string_view("sqlite:///a\0b", 13)));
}

TEST(SqliteErrors, AreClassifiedByTheirCode) {
  EXPECT_EQ(classifySqlite(SQLITE_CONSTRAINT_UNIQUE), Kind::UniqueViolation);
  EXPECT_EQ(classifySqlite(SQLITE_CONSTRAINT_PRIMARYKEY), Kind::UniqueViolation);
  EXPECT_EQ(classifySqlite(SQLITE_CONSTRAINT_CHECK), Kind::Internal);
  EXPECT_EQ(classifySqlite(SQLITE_BUSY_SNAPSHOT), Kind::Timeout);
  EXPECT_EQ(classifySqlite(SQLITE_LOCKED), Kind::Timeout);
  EXPECT_EQ(classifySqlite(SQLITE_INTERRUPT), Kind::Timeout);
  for (const int code : {SQLITE_IOERR_FSYNC, SQLITE_FULL, SQLITE_CANTOPEN_ISDIR,
                         SQLITE_READONLY_DBMOVED, SQLITE_CORRUPT_INDEX, SQLITE_NOTADB}) {
    EXPECT_EQ(classifySqlite(code), Kind::Unavailable) << code;
  }
  EXPECT_EQ(classifySqlite(SQLITE_ERROR), Kind::Internal);
}

}  // namespace
}  // namespace slipway::platform
