#include "platform/sqlite/sqlite_connection.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>
#include <sqlite3.h>

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

#include "platform/sqlite/sqlite_errors.hpp"
#include "platform/sqlite/sqlite_rows.hpp"

namespace slipway::platform {

namespace {

constexpr std::size_t kMaxPrepared = 256;    // statements are constants: far more than there are
constexpr int kProgressInstructions = 2000;  // how often a running statement looks at its deadline

constexpr Statement kBegin{"begin", "BEGIN IMMEDIATE"};
constexpr Statement kCommit{"commit", "COMMIT"};
constexpr Statement kRollback{"rollback", "ROLLBACK"};
constexpr Statement kProbe{"probe", "SELECT count(*) FROM sqlite_schema"};

bool holdsNul(const SqlParameters& parameters) {
  return std::any_of(parameters.begin(), parameters.end(), [](const SqlValue& value) {
    const auto* text = std::get_if<std::string>(&value);
    return text != nullptr && text->find('\0') != std::string::npos;
  });
}

}  // namespace

struct SqliteConnection::Prepared {
  Prepared(SQLite::Database& database, std::string_view text)
      : sql(text), statement(database, sql), columns(statement.getColumnCount()) {
    // SQLite numbers "$2" by where it stands, not by its digit.
    for (int i = 1; i <= statement.getBindParameterCount(); ++i) {
      positions.push_back(statement.getIndex(fmt::format("${}", i).c_str()));
    }
  }

  void bind(std::size_t index, const SqlValue& value) {
    const int position = positions[index];
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      statement.bind(position, *integer);
    } else if (const auto* boolean = std::get_if<bool>(&value)) {
      statement.bind(position, *boolean ? 1 : 0);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      statement.bindNoCopy(position, *text);
    } else if (const auto* time = std::get_if<base::Timestamp>(&value)) {
      statement.bind(position, static_cast<std::int64_t>(time->time_since_epoch().count()));
    } else {
      statement.bind(position);
    }
  }

  std::string sql;
  SQLite::Statement statement;
  int columns;
  std::vector<int> positions;
};

SqliteConnection::SqliteConnection(const SqliteOptions& options, Role role)
    : observer_(options.observer) {
  open(options, role);
  configure(options, role);
  sqlite3_progress_handler(database_->getHandle(), kProgressInstructions, &onProgress, this);
}

SqliteConnection::~SqliteConnection() { prepared_.clear(); }

int SqliteConnection::onProgress(void* self) {
  const auto deadline = static_cast<const SqliteConnection*>(self)->deadline_;
  return deadline != Deadline{} && std::chrono::steady_clock::now() > deadline ? 1 : 0;
}

SqliteConnection::Prepared& SqliteConnection::prepare(const Statement& statement) {
  const auto found = prepared_.find(statement.sql);
  if (found != prepared_.end()) return *found->second;
  if (prepared_.size() >= kMaxPrepared) prepared_.clear();
  auto prepared = std::make_unique<Prepared>(*database_, statement.sql);
  const std::string_view key = prepared->sql;
  return *prepared_.emplace(key, std::move(prepared)).first->second;
}

SqlError SqliteConnection::lastError(std::string_view what) const {
  return sqliteError(database_->getExtendedErrorCode(), what, database_->getErrorMsg());
}

SqlResult SqliteConnection::execute(const Statement& statement, const SqlParameters& parameters,
                                    Deadline deadline) {
  if (holdsNul(parameters)) {
    return std::unexpected(
        SqlError{SqlError::Kind::InvalidText, fmt::format("{}: a text holds NUL", statement.name)});
  }
  const auto start = std::chrono::steady_clock::now();
  deadline_ = deadline;
  SqlResult result;
  try {
    Prepared& prepared = prepare(statement);
    result = run(statement, prepared, parameters);
    prepared.statement.tryReset();
    prepared.statement.clearBindings();  // they point into `parameters`
  } catch (const SQLite::Exception& error) {
    result = std::unexpected(
        sqliteError(error.getExtendedErrorCode(), statement.name, error.getErrorStr()));
  } catch (const std::exception& error) {  // parameters that don't fit: a bug
    result = std::unexpected(
        SqlError{SqlError::Kind::Internal, fmt::format("{}: {}", statement.name, error.what())});
  }
  deadline_ = Deadline{};
  if (observer_) observer_(statement.name, std::chrono::steady_clock::now() - start);
  return result;
}

SqlResult SqliteConnection::run(const Statement& statement, Prepared& prepared,
                                const SqlParameters& parameters) {
  if (parameters.size() != prepared.positions.size()) {
    throw std::invalid_argument(fmt::format("{} parameters for {} placeholders", parameters.size(),
                                            prepared.positions.size()));
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) prepared.bind(i, parameters[i]);
  auto rows = std::make_unique<SqliteRows>(static_cast<std::size_t>(prepared.columns));
  for (;;) {
    const int code = prepared.statement.tryExecuteStep();
    if (code == SQLITE_DONE) break;
    if (code != SQLITE_ROW) return std::unexpected(lastError(statement.name));
    rows->append(prepared.statement);
  }
  if (statement.writes) rows->setAffected(database_->getChanges());
  return rows;
}

SqlResult SqliteConnection::runControl(const Statement& statement, Deadline deadline) {
  auto result = execute(statement, {}, deadline);
  if (!result) return result;
  return nullptr;
}

SqlResult SqliteConnection::begin(Deadline deadline) { return runControl(kBegin, deadline); }

SqlResult SqliteConnection::commit() {
  auto result = runControl(kCommit, Deadline{});  // never cut short: it ends by itself
  if (!result) rollback();
  return result;
}

void SqliteConnection::rollback() {
  if (!inTransaction()) return;
  // When it fails there is nothing more to do: the file is not written to either way.
  [[maybe_unused]] const auto result = runControl(kRollback, Deadline{});
}

bool SqliteConnection::inTransaction() const {
  return sqlite3_get_autocommit(database_->getHandle()) == 0;
}

bool SqliteConnection::probe(Deadline deadline) {
  if (!execute(kProbe, {}, deadline)) return false;
  int moved = 0;
  sqlite3_file_control(database_->getHandle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return moved == 0;
}

}  // namespace slipway::platform
