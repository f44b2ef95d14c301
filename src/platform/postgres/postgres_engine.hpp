// PostgreSQL as the database of the process. The connections that DB_POOL_SIZE grants are shared
// out over the loops: one for single statements and at least one for transactions each, so that
// there are never more than the larger of DB_POOL_SIZE and twice the loops. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "platform/postgres/postgres_options.hpp"
#include "platform/postgres/postgres_status.hpp"
#include "platform/postgres/postgres_target.hpp"
#include "platform/sql_engine.hpp"

namespace slipway::platform {

class PostgresEngine final : public SqlEngine {
 public:
  /// Connects to nothing yet. Throws std::runtime_error when a URL can't be read.
  explicit PostgresEngine(PostgresOptions options);

  /// Up to `options.loops` times.
  std::unique_ptr<Database> open(net::asio::io_context& loop) override;
  std::vector<std::string> migrateUpTo(std::int64_t last, std::string_view serviceVersion,
                                       base::Timestamp now) override;
  SchemaState schema(std::string_view serviceVersion) override;
  PoolFigures figures() const override;

  // For PostgresDatabase.
  const PostgresOptions& options() const { return options_; }
  std::shared_ptr<const PostgresTarget> target() const { return target_; }
  PostgresStatus& status() { return status_; }

 private:
  const PostgresOptions options_;
  std::shared_ptr<const PostgresTarget> target_;
  PostgresStatus status_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<PostgresFigures>> loops_;  // guarded; one for each open()
};

}  // namespace slipway::platform
