// The part of SqliteConnection that opens the file, and says clearly why it could not.
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "platform/sqlite/sqlite_connection.hpp"

namespace slipway::platform {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& path, std::string_view problem,
                         std::string_view remedy) {
  throw std::runtime_error(
      fmt::format("Can't use the database file {}: {}. {}.", path, problem, remedy));
}

std::string makeWritable(std::string_view what) {
  return fmt::format("Make the {} writable for uid {} or set DATABASE_URL to another place", what,
                     ::geteuid());
}

/// Creates the file for its owner alone (it holds personal data; SQLite gives -wal and -shm the
/// same rights) and finds the problems for which SQLite has only "unable to open".
void prepareFile(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  const int error = errno;
  if (file >= 0) {
    ::close(file);
    return;
  }
  const auto reason = std::generic_category().message(error);
  std::error_code ignored;
  const auto folder = fs::path(path).has_parent_path() ? fs::path(path).parent_path() : ".";
  if (!fs::exists(folder, ignored)) {
    refuse(path, "its folder does not exist",
           fmt::format("Create {} or set DATABASE_URL to another place", folder.string()));
  }
  if (error == EISDIR) refuse(path, "it is a folder", "Set DATABASE_URL to a file");
  const bool exists = fs::exists(path, ignored);
  refuse(path, reason, makeWritable(exists ? "file" : "folder"));
}

/// SQLite does not call its busy handler where waiting could end in a deadlock, as when two
/// processes make one database a write-ahead logged one at once
/// (sqlite.org/c3ref/busy_handler.html): what refuses the one is over in moments, so it is asked
/// again until the busy time-out.
std::string enterWalMode(SQLite::Database& database, std::chrono::milliseconds timeout) {
  constexpr std::chrono::milliseconds kPause{10};
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  for (;;) {
    try {
      return database.execAndGet("PRAGMA journal_mode = WAL").getString();
    } catch (const SQLite::Exception& error) {
      const bool busy = (error.getExtendedErrorCode() & 0xff) == SQLITE_BUSY;
      if (!busy || std::chrono::steady_clock::now() >= deadline) throw;
    }
    std::this_thread::sleep_for(kPause);
  }
}

std::string remedyFor(int code) {
  switch (code & 0xff) {
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return "Restore a backup, or move the file away to start with an empty database";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "Another program holds it locked: stop that one first";
    case SQLITE_FULL:
      return "Free some space on the disk";
    default:
      return makeWritable("file and its folder");
  }
}

}  // namespace

void SqliteConnection::open(const SqliteOptions& options, Role role) {
  const bool inMemory = options.path.empty();
  if (!inMemory && role == Role::Writer) prepareFile(options.path);
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                    SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
  try {
    database_ =
        std::make_unique<SQLite::Database>(inMemory ? ":memory:" : options.path.c_str(), flags);
  } catch (const SQLite::Exception& error) {
    refuse(options.path, error.getErrorStr(), remedyFor(error.getExtendedErrorCode()));
  }
}

void SqliteConnection::configure(const SqliteOptions& options, Role role) {
  sqlite3* const handle = database_->getHandle();
  database_->setBusyTimeout(static_cast<int>(options.busyTimeout.count()));
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  try {
    // FULL: in WAL mode NORMAL may lose acknowledged commits when the power fails.
    database_->exec(
        "PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
        "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864");
    const auto mode = enterWalMode(*database_, options.busyTimeout);
    if (!options.path.empty() && mode != "wal") {
      refuse(options.path, "its file system can't do write-ahead logging",
             "Set DATABASE_URL to a place on a local disk");
    }
    if (role == Role::Reader) database_->exec("PRAGMA query_only = ON");
  } catch (const SQLite::Exception& error) {
    refuse(options.path, error.getErrorStr(), remedyFor(error.getExtendedErrorCode()));
  }
  if (sqlite3_db_readonly(handle, "main") == 1) {
    refuse(options.path, "it can only be read", makeWritable("file"));
  }
}

}  // namespace slipway::platform
