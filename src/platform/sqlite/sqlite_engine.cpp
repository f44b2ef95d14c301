#include "platform/sqlite/sqlite_engine.hpp"

#include <utility>

#include "platform/sqlite/sqlite_database.hpp"
#include "platform/sqlite/sqlite_migrations.hpp"

namespace slipway::platform {

namespace {

std::unique_ptr<SqliteWorker> openWorker(const SqliteOptions& options,
                                         SqliteConnection::Role role) {
  return std::make_unique<SqliteWorker>(std::make_unique<SqliteConnection>(options, role), options);
}

}  // namespace

SqliteEngine::SqliteEngine(SqliteOptions options) : options_(std::move(options)) {
  writer_ = openWorker(options_, SqliteConnection::Role::Writer);
  if (!options_.path.empty()) reader_ = openWorker(options_, SqliteConnection::Role::Reader);
}

std::vector<std::string> SqliteEngine::migrate(std::span<const Migration> migrations,
                                               std::string_view serviceVersion,
                                               base::Timestamp now) {
  std::vector<std::string> applied;
  writer_->runAndWait([&](SqliteConnection& connection) {
    applied = migrateSqlite(connection.handle(), migrations, serviceVersion, now);
  });
  return applied;
}

std::unique_ptr<Database> SqliteEngine::open(net::asio::io_context& loop) {
  return std::make_unique<SqliteDatabase>(*this, loop);
}

std::vector<std::string> SqliteEngine::migrateUpTo(std::int64_t last,
                                                   std::string_view serviceVersion,
                                                   base::Timestamp now) {
  return migrate(upTo(last, sqliteMigrations()), serviceVersion, now);
}

SchemaState SqliteEngine::schema(std::string_view serviceVersion) {
  SchemaState state;
  writer_->runAndWait([&](SqliteConnection& connection) {
    state = sqliteSchema(connection.handle(), sqliteMigrations(), serviceVersion);
  });
  return state;
}

PoolFigures SqliteEngine::figures() const {
  PoolFigures figures;
  for (const auto* worker : {writer_.get(), reader_.get()}) {
    if (worker == nullptr) continue;
    ++(worker->busy() ? figures.busy : figures.idle);
    ++figures.limit;
    figures.waiting += worker->waiting();
  }
  return figures;
}

}  // namespace slipway::platform
