#include "service/serve.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>

#include "base/version.hpp"
#include "docs/docs_api.hpp"
#include "platform/cache_collector.hpp"
#include "platform/http_collector.hpp"
#include "platform/log_sink.hpp"
#include "platform/metric_families.hpp"
#include "platform/query_metrics.hpp"
#include "platform/token.hpp"
#include "platform/trace_collector.hpp"
#include "service/caches.hpp"
#include "service/databases.hpp"
#include "service/endpoints.hpp"
#include "service/exit_limit.hpp"
#include "service/life_cycle.hpp"

namespace slipway::service {

namespace {

constexpr int kUnavailable = 69;  // EX_UNAVAILABLE of sysexits.h

class LogCollector : public prometheus::Collectable {
 public:
  explicit LogCollector(const platform::LogSink& sink) : sink_(sink) {}
  std::vector<prometheus::MetricFamily> Collect() const override {
    return {platform::counterFamily("log_lines_dropped_total",
                                    "Log lines dropped because the output could not keep up.",
                                    static_cast<double>(sink_.dropped()))};
  }

 private:
  const platform::LogSink& sink_;
};

std::string dropNotice(std::uint64_t count) {
  base::TextBuffer line;
  platform::appendLogLine(line, platform::LogLevel::Warning, base::systemClock().now(),
                          "Log lines dropped", {{"count", static_cast<std::int64_t>(count)}});
  return std::string(line.view());
}

platform::AccessControl accessControl(const Settings& settings, const base::Clock& clock) {
  if (!settings.requireTokens) return {};
  return platform::AccessControl(std::make_unique<const platform::TokenVerifier>(
      platform::TokenRules{.key = settings.secretKey,
                           .issuer = settings.jwtIssuer,
                           .audience = settings.jwtAudience},
      clock));
}

std::vector<std::string> routeNames(const platform::Router& router) {
  std::vector<std::string> names;
  for (const auto& route : router.routes()) names.emplace_back(route.path);
  names.emplace_back("unmatched");
  return names;
}

std::shared_ptr<platform::TraceCollector> traceCollector(
    const std::vector<std::unique_ptr<Worker>>& workers) {
  std::vector<const platform::Tracer*> tracers;
  tracers.reserve(workers.size());
  for (const auto& worker : workers) tracers.push_back(worker->tracer());
  return std::make_shared<platform::TraceCollector>(std::move(tracers));
}

void logStart(const platform::Logger& logger, const Settings& settings) {
  logger.info("Starting",
              {{"version", base::kVersion}, {"process_id", static_cast<std::int64_t>(getpid())}});
  if (settings.environment == DeploymentEnvironment::Production && !settings.requireTokens) {
    logger.warning(
        "AUTH=off in production: anyone who reaches this port can read and change "
        "users; set AUTH=bearer");
  }
}

int serveWith(const Settings& settings, platform::LogSink& sink) {
  const auto& clock = base::systemClock();
  const platform::Logger logger(sink, settings.logLevel, clock);
  logStart(logger, settings);

  const platform::SqlEngine* pool = nullptr;  // known once the engine is open
  const auto queries = std::make_shared<platform::QueryMetrics>(
      [&pool] { return pool == nullptr ? platform::PoolFigures{} : pool->figures(); });
  const auto observe = [queries](std::string_view query, std::chrono::nanoseconds took) {
    queries->observe(query, took);
  };
  const auto engine = openEngine(settings, observe, &logger);
  pool = engine.get();
  platform::ServiceState state;
  Databases databases(*engine, settings, state, logger, clock);
  databases.prepare();

  const auto caches = makeCaches(settings, logger, clock);
  const auto access = accessControl(settings, clock);
  const platform::Cors cors(settings.corsOrigins);
  platform::IsTrusted isTrusted;
  if (!settings.trustedProxies.empty()) {
    isTrusted = [&settings](std::string_view address) {
      return settings.trustedProxies.contains(address);
    };
  }
  net::ConnectionLimits limits(settings.maxConnections, settings.maxConnectionsPerAddress);
  platform::MetricsPage page;
  std::vector<const platform::HttpMetrics*> loops;
  platform::CpuMeter cpu;
  const auto site = docs::makeSite(declaredEndpoints(settings.userRules));
  SharedParts shared{.settings = settings,
                     .clock = clock,
                     .logger = logger,
                     .state = state,
                     .databases = databases,
                     .caches = *caches,
                     .access = access,
                     .cors = cors,
                     .isTrusted = isTrusted,
                     .limits = limits,
                     .metricsPage = page,
                     .loops = loops,
                     .cpu = cpu,
                     .site = site};

  std::vector<std::unique_ptr<Worker>> workers;
  auto port = settings.port;
  for (unsigned i = 0; i < settings.workers; ++i) {
    workers.push_back(std::make_unique<Worker>(shared, port));
    port = workers.front()->server().port();
  }
  page.add(std::make_shared<platform::HttpCollector>(routeNames(workers.front()->router()), loops));
  page.add(std::make_shared<platform::CacheCollector>(*caches));
  page.add(queries);
  page.add(std::make_shared<platform::ProcessCollector>());
  page.add(std::make_shared<LogCollector>(sink));
  if (!settings.otelEndpoint.empty()) page.add(traceCollector(workers));
  const int exitCode = runWorkers(workers, shared);
  const auto refusal = databases.refusal();
  if (!refusal.empty()) throw std::runtime_error(refusal);
  return exitCode;
}

}  // namespace

int serve(const Settings& settings) {
  const ExitLimitScope exitLimit;  // outlives all that the end of the service may wait for
  platform::LogSink sink({.descriptor = STDOUT_FILENO, .dropNotice = dropNotice});
  try {
    return serveWith(settings, sink);
  } catch (const std::exception& error) {
    const platform::Logger logger(sink, settings.logLevel, base::systemClock());
    logger.error("Cannot start", {{"error", std::string_view(error.what())}});
    fmt::print(stderr, "slipwayd: cannot start: {}\n", error.what());
    return kUnavailable;
  }
}

}  // namespace slipway::service
