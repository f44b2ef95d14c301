#include "service/worker.hpp"

#include <algorithm>

#include "health/health_api.hpp"
#include "service/endpoints.hpp"
#include "users/users_api.hpp"

namespace slipway::service {

namespace {

net::ServerOptions serverOptions(const Settings& settings, std::uint16_t port) {
  return {.host = settings.host,
          .port = port,
          .maxHeaderBytes = settings.maxHeaderBytes,
          .maxTargetBytes = settings.maxTargetBytes,
          .maxBodyBytes = settings.maxBodyBytes,
          .headerTimeout = settings.headerTimeout,
          .bodyTimeout = settings.bodyTimeout,
          .idleTimeout = settings.idleTimeout,
          .writeTimeout = settings.writeTimeout};
}

std::unique_ptr<platform::Tracer> makeTracer(const SharedParts& shared,
                                             boost::asio::io_context& loop) {
  const auto& settings = shared.settings;
  if (settings.otelEndpoint.empty()) return nullptr;
  auto options = platform::tracingOptions(settings.otelEndpoint, settings.otelServiceName,
                                          settings.otelSampler, settings.otelSamplerArgument);
  if (!usesSqlite(settings)) options.databaseSystem = "postgresql";
  if (!settings.redisUrl.empty()) options.cacheSystem = "redis";
  auto tracer =
      std::make_unique<platform::Tracer>(std::move(options), loop, shared.clock, shared.logger);
  tracer->start();
  return tracer;
}

}  // namespace

std::vector<platform::Endpoint> Worker::endpoints(Worker& worker, SharedParts& shared) {
  return allEndpoints({.database = *worker.database_,
                       .cache = *worker.cache_,
                       .clock = shared.clock,
                       .state = shared.state,
                       .metrics = shared.metricsPage,
                       .loops = shared.loops,
                       .cpu = shared.cpu},
                      {.store = worker.store_,
                       .database = *worker.database_,
                       .clock = shared.clock,
                       .rules = shared.settings.userRules},
                      shared.site);
}

Worker::Worker(SharedParts& shared, std::uint16_t port)
    : database_(shared.databases.open(loop_)),
      cache_(shared.caches.open(loop_)),
      sqlStore_(*database_, shared.clock, shared.settings.userRules),
      store_(sqlStore_, *cache_),
      router_(endpoints(*this, shared)),
      metrics_(router_.unmatchedIndex() + 1),
      tracer_(makeTracer(shared, loop_)),
      pipeline_({.router = router_,
                 .logger = shared.logger,
                 .metrics = metrics_,
                 .access = shared.access,
                 .cors = shared.cors,
                 .isTrusted = shared.isTrusted,
                 .maxInFlight = std::max<std::size_t>(
                     1, shared.settings.maxInFlight / shared.settings.workers),
                 .tracer = tracer_.get()}),
      server_(loop_, pipeline_, serverOptions(shared.settings, port), shared.limits) {
  shared.loops.push_back(&metrics_);
}

Worker::~Worker() { loop_.dropPending(); }

}  // namespace slipway::service
