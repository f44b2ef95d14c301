#include "service/databases.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <utility>

#include "base/version.hpp"
#include "platform/postgres/postgres_engine.hpp"
#include "platform/sqlite/sqlite_engine.hpp"

namespace slipway::service {

namespace {

using platform::SqlError;

constexpr std::string_view kNotReady = "the schema is not ready";
constexpr std::chrono::milliseconds kRetryInterval{500};
constexpr std::chrono::milliseconds kPatience{2000};  // then the service starts unready
constexpr std::chrono::milliseconds kStartInterval{20};
// A replica that serves tries again all the time: it need not wait long at each.
constexpr std::chrono::milliseconds kServingWait{2000};

/// A view that answers Unavailable until the schema is ready.
class GatedDatabase final : public platform::Database {
 public:
  GatedDatabase(std::unique_ptr<platform::Database> database, const std::atomic<bool>& open)
      : database_(std::move(database)), open_(open) {}

  net::Task<platform::SqlResult> execute(const platform::Statement& statement,
                                         platform::SqlParameters parameters) override {
    if (!open_) return refuse<platform::SqlResult>();
    return database_->execute(statement, std::move(parameters));
  }
  net::Task<platform::TransactionResult> begin() override {
    return open_ ? database_->begin() : refuse<platform::TransactionResult>();
  }
  net::Task<platform::TransactionResult> beginExclusive(std::string lock) override {
    if (!open_) return refuse<platform::TransactionResult>();
    return database_->beginExclusive(std::move(lock));
  }
  net::Task<platform::Health> health() override { return open_ ? database_->health() : notReady(); }

 private:
  template <typename Result>
  static net::Task<Result> refuse() {
    SqlError error{SqlError::Kind::Unavailable, std::string(kNotReady), {}};
    co_return std::unexpected(std::move(error));
  }
  static net::Task<platform::Health> notReady() {
    co_return std::unexpected(std::string(kNotReady));
  }

  const std::unique_ptr<platform::Database> database_;
  const std::atomic<bool>& open_;
};

platform::PostgresOptions postgresOptions(const Settings& settings,
                                          platform::QueryObserver observer,
                                          const platform::Logger* logger) {
  const platform::PostgresOptions defaults;
  return {.url = settings.databaseUrl,
          .migrationUrl = settings.migrationDatabaseUrl,
          .pooler = settings.databasePooler,
          .loops = settings.workers,
          .poolSize = settings.databasePoolSize,
          .statementTimeout = settings.databaseStatementTimeout,
          .waitTimeout = settings.databaseStatementTimeout,
          .migrationWait = logger != nullptr ? kServingWait : defaults.migrationWait,
          .observer = std::move(observer),
          .logger = logger};
}

platform::SqliteOptions sqliteOptions(const Settings& settings, platform::QueryObserver observer) {
  const auto path = platform::sqlitePath(settings.databaseUrl.reveal());
  if (!path) throw std::runtime_error("DATABASE_URL: " + path.error());
  return {.path = *path,
          .statementTimeout = settings.databaseStatementTimeout,
          .waitTimeout = settings.databaseStatementTimeout,
          .observer = std::move(observer)};
}

}  // namespace

bool usesSqlite(const Settings& settings) {
  return settings.databaseUrl.reveal().starts_with("sqlite:");
}

std::unique_ptr<platform::SqlEngine> openEngine(const Settings& settings,
                                                platform::QueryObserver observer,
                                                const platform::Logger* logger) {
  if (usesSqlite(settings)) {
    return std::make_unique<platform::SqliteEngine>(sqliteOptions(settings, std::move(observer)));
  }
  return std::make_unique<platform::PostgresEngine>(
      postgresOptions(settings, std::move(observer), logger));
}

Databases::Databases(platform::SqlEngine& engine, const Settings& settings,
                     const platform::ServiceState& state, const platform::Logger& logger,
                     const base::Clock& clock)
    : engine_(engine),
      migrates_(settings.migrateOnStart),
      state_(state),
      logger_(logger),
      clock_(clock) {}

Databases::~Databases() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Databases::prepare() {
  thread_ = std::thread([this] { keepTrying(); });
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kPatience, [this] { return ready_ || !refusal_.empty(); });
  inBackground_ = true;
  if (!refusal_.empty()) throw std::runtime_error(refusal_);
}

/// False when the database can't be reached now.
bool Databases::tryToPrepare() {
  try {
    if (migrates_) {
      migrate();
    } else {
      check();
    }
  } catch (const platform::DatabaseUnavailable& error) {
    if (!std::exchange(told_, true)) {
      logger_.warning("Waiting for the database", {{"reason", std::string_view(error.what())}});
    }
    return false;
  }
  return true;
}

void Databases::migrate() {
  const auto applied = engine_.migrate(base::kVersion, clock_.now());
  for (const auto& name : applied) {
    logger_.info("Migration applied", {{"migration", std::string_view(name)}});
  }
}

void Databases::check() {
  const auto missing = platform::needed(engine_.schema(base::kVersion).pending);
  if (missing.empty()) return;
  throw std::runtime_error(fmt::format(
      "The database's schema is not up to date: {} of its migrations are missing, from {} on. Run "
      "slipwayd migrate, or set MIGRATE_ON_START=true.",
      missing.size(), missing.front().name));
}

void Databases::keepTrying() {
  try {
    while (!tryToPrepare()) {
      if (waitForStop(kRetryInterval)) return;
    }
    const std::lock_guard lock(mutex_);
    ready_ = true;
    if (inBackground_) logger_.info("The database's schema is ready");
  } catch (const std::exception& error) {
    const std::lock_guard lock(mutex_);
    refusal_ = error.what();
  }
  changed_.notify_all();
  stopTheProcess();
}

/// True when this object is being destroyed.
bool Databases::waitForStop(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, time, [this] { return stopping_; });
}

/// After a refusal that prepare() did not wait for: as an operator would, once signals are heeded.
void Databases::stopTheProcess() {
  const auto wanted = [this] {
    const std::lock_guard lock(mutex_);
    return inBackground_ && !refusal_.empty();
  };
  while (wanted() && !waitForStop(kStartInterval)) {
    if (!state_.started) continue;
    logger_.error("The database can't be used", {{"error", std::string_view(refusal_)}});
    ::kill(::getpid(), SIGTERM);
    return;
  }
}

std::unique_ptr<platform::Database> Databases::open(net::asio::io_context& loop) {
  return std::make_unique<GatedDatabase>(engine_.open(loop), ready_);
}

std::string Databases::refusal() const {
  const std::lock_guard lock(mutex_);
  return refusal_;
}

}  // namespace slipway::service
