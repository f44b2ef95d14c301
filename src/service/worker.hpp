// One event loop with all that is its own: database view, stores, endpoints, pipeline, listener.
// Made and destroyed on the main thread, run on a thread of its own.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "net/connection_limits.hpp"
#include "net/server.hpp"
#include "platform/access.hpp"
#include "platform/cache_engine.hpp"
#include "platform/client_address.hpp"
#include "platform/cors.hpp"
#include "platform/http_metrics.hpp"
#include "platform/log.hpp"
#include "platform/metrics_page.hpp"
#include "platform/pipeline.hpp"
#include "platform/process_figures.hpp"
#include "platform/router.hpp"
#include "platform/service_state.hpp"
#include "platform/sql.hpp"
#include "platform/tracing.hpp"
#include "service/databases.hpp"
#include "service/settings.hpp"
#include "users/cached_user_store.hpp"
#include "users/sql_user_store.hpp"

namespace slipway::docs {
class Site;
}

namespace slipway::service {

/// What all loops use together; each part is thread-safe or constant, and outlives the workers.
struct SharedParts {
  const Settings& settings;
  const base::Clock& clock;
  const platform::Logger& logger;
  platform::ServiceState& state;
  Databases& databases;
  platform::CacheEngine& caches;
  const platform::AccessControl& access;
  const platform::Cors& cors;
  const platform::IsTrusted& isTrusted;
  net::ConnectionLimits& limits;
  platform::MetricsPage& metricsPage;
  std::vector<const platform::HttpMetrics*>& loops;
  platform::CpuMeter& cpu;
  const std::shared_ptr<const docs::Site>& site;
};

class Worker {
 public:
  /// Listens on `port`; throws std::system_error when it can't.
  Worker(SharedParts& shared, std::uint16_t port);
  /// Drops what a forced stop left pending on the loop.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  boost::asio::io_context& loop() { return loop_; }
  net::Server& server() { return server_; }
  platform::Database& database() { return *database_; }
  const platform::Router& router() const { return router_; }
  const platform::HttpMetrics& metrics() const { return metrics_; }
  /// Null when tracing is off.
  platform::Tracer* tracer() const { return tracer_.get(); }

 private:
  static std::vector<platform::Endpoint> endpoints(Worker& worker, SharedParts& shared);

  /// Its pending coroutines use the members below: they are dropped while those are still there.
  struct Loop : boost::asio::io_context {
    using io_context::io_context;
    void dropPending() { shutdown(); }
  };

  Loop loop_{1};
  std::unique_ptr<platform::Database> database_;
  const std::shared_ptr<platform::Cache> cache_;
  users::SqlUserStore sqlStore_;
  users::CachedUserStore store_;
  platform::Router router_;
  platform::HttpMetrics metrics_;
  std::unique_ptr<platform::Tracer> tracer_;
  platform::Pipeline pipeline_;
  net::Server server_;
};

}  // namespace slipway::service
