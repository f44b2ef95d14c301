#include "platform/postgres/postgres_engine.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "platform/migrations.hpp"
#include "platform/postgres/postgres_database.hpp"
#include "platform/postgres/postgres_migrations.hpp"

namespace slipway::platform {

namespace {

PostgresTarget readTarget(const base::Secret& url, const PostgresOptions& options,
                          PostgresSession session) {
  auto target = parsePostgresUrl(url.reveal());
  if (!target) throw std::runtime_error("The database's URL: " + target.error());
  addPostgresDefaults(*target, options, session);
  return std::move(*target);
}

/// Connections of the process, the shared one of each loop among them.
std::size_t connectionLimit(const PostgresOptions& options) {
  return std::max<std::size_t>(options.poolSize, 2 * std::max(options.loops, 1U));
}

/// Transaction connections of loop number `index`.
std::size_t poolShare(const PostgresOptions& options, std::size_t index) {
  const std::size_t loops = std::max(options.loops, 1U);
  const std::size_t forTransactions = connectionLimit(options) - loops;
  return forTransactions / loops + (index < forTransactions % loops ? 1 : 0);
}

}  // namespace

PostgresEngine::PostgresEngine(PostgresOptions options)
    : options_(std::move(options)),
      target_(std::make_shared<const PostgresTarget>(
          readTarget(options_.url, options_, PostgresSession::Service))),
      status_(options_.logger) {}

std::unique_ptr<Database> PostgresEngine::open(net::asio::io_context& loop) {
  const std::lock_guard lock(mutex_);
  const auto share = poolShare(options_, loops_.size());
  loops_.push_back(std::make_unique<PostgresFigures>());
  return std::make_unique<PostgresDatabase>(*this, loop, share, *loops_.back());
}

std::vector<std::string> PostgresEngine::migrateUpTo(std::int64_t last,
                                                     std::string_view serviceVersion,
                                                     base::Timestamp now) {
  const auto& url = options_.migrationUrl.empty() ? options_.url : options_.migrationUrl;
  return migratePostgres(readTarget(url, options_, PostgresSession::Migration), options_,
                         upTo(last, postgresMigrations()), serviceVersion, now);
}

SchemaState PostgresEngine::schema(std::string_view serviceVersion) {
  return postgresSchema(*target_, options_, postgresMigrations(), serviceVersion);
}

PoolFigures PostgresEngine::figures() const {
  PoolFigures sum{.limit = connectionLimit(options_)};
  const std::lock_guard lock(mutex_);
  for (const auto& loop : loops_) {
    const std::size_t shared = loop->pipelineOpen;
    const std::size_t sharedBusy = loop->pipelinePending > 0 ? shared : 0;
    const std::size_t busy = loop->poolBusy;
    sum.busy += sharedBusy + busy;
    sum.idle += shared - sharedBusy + loop->poolOpen - std::min<std::size_t>(busy, loop->poolOpen);
    sum.waiting += loop->poolWaiting;
  }
  return sum;
}

}  // namespace slipway::platform
