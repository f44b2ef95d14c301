#include "health/health_api.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "base/text.hpp"
#include "base/version.hpp"
#include "health/health_documentation.hpp"
#include "health/metrics_format.hpp"
#include "platform/errors.hpp"
#include "platform/probe.hpp"
#include "platform/traced.hpp"

namespace slipway::health {

namespace {

using base::Json;
using net::Response;
using net::Task;
using platform::Call;
using platform::Step;

constexpr Step kClearCache{.place = Step::Place::Cache, .operation = "clear"};

Response jsonResponse(unsigned status, const Json& body) {
  Response response(status);
  response.body = body.dump();
  return response;
}

Json rootDocument() {
  return Json::object({
      {"message", "Slipway users API"},
      {"version", base::kVersion},
      {"services", Json::array({"users", "health", "metrics", "cache"})},
      {"endpoints", Json::array({"/users", "/users/{user_id}", "/users/{user_id}/audit", "/health",
                                 "/health/live", "/health/ready", "/metrics", "/cache/stats",
                                 "/cache/clear", "/docs", "/redoc", "/openapi.json"})},
  });
}

/// For the log: what of the two is not well, and why.
std::string failureOf(const platform::Health& database, const platform::Health& cache) {
  std::string failure;
  if (!database) failure.append("database: ").append(database.error());
  if (!cache) failure.append(failure.empty() ? "" : "; ").append("cache: ").append(cache.error());
  return base::oneLine(failure);
}

Response cacheUnavailable(std::string_view why) {
  return platform::errorResponse(503, "Cache unavailable", "cache: " + std::string(why));
}

// Kept alive by the handlers that share it.
class HealthApi {
 public:
  explicit HealthApi(HealthApiParts parts) : parts_(parts), root_(rootDocument().dump()) {}

  Task<Response> root(Call&) const;
  Task<Response> health(Call&) const;
  Task<Response> live(Call&) const;
  Task<Response> ready(Call&) const;
  Task<Response> metrics(Call& call) const;
  Task<Response> cacheStats(Call&) const;
  Task<Response> clearCache(Call& call) const;

 private:
  std::string now() const { return base::isoTime(parts_.clock.now()); }
  Task<Response> metricsJson() const;

  const HealthApiParts parts_;
  const std::string root_;
};

Task<Response> HealthApi::root(Call&) const {
  Response response;
  response.staticBody = root_;
  co_return response;
}

Task<Response> HealthApi::health(Call&) const {
  const auto executor = co_await net::asio::this_coro::executor;
  platform::Probe databaseProbe(executor, parts_.database.health(), parts_.probeLimit);
  platform::Probe cacheProbe(executor, parts_.cache.health(), parts_.probeLimit);
  const platform::Health database = co_await databaseProbe.answer();
  const platform::Health cache = co_await cacheProbe.answer();
  const auto word = [](const auto& health) { return health ? "healthy" : "unhealthy"; };
  const char* const status = !database ? "unhealthy" : cache ? "healthy" : "degraded";
  auto response = jsonResponse(database ? 200 : 503, Json::object({{"status", status},
                                                                   {"database", word(database)},
                                                                   {"cache", word(cache)},
                                                                   {"timestamp", now()},
                                                                   {"version", base::kVersion}}));
  if (!database) response.addHeader("Retry-After", "1");
  response.failure = failureOf(database, cache);
  co_return response;
}

Task<Response> HealthApi::live(Call&) const {
  co_return jsonResponse(200, Json::object({{"status", "alive"}, {"timestamp", now()}}));
}

Task<Response> HealthApi::ready(Call&) const {
  const char* reason = nullptr;
  platform::Health database;
  if (!parts_.state.started) reason = "starting";
  if (parts_.state.draining) reason = "draining";
  if (reason == nullptr) {
    const auto executor = co_await net::asio::this_coro::executor;
    platform::Probe probe(executor, parts_.database.health(), parts_.probeLimit);
    database = co_await probe.answer();
    if (!database) reason = "database unavailable";
  }
  if (reason == nullptr) {
    co_return jsonResponse(200, Json::object({{"status", "ready"}, {"timestamp", now()}}));
  }
  auto response = jsonResponse(
      503, Json::object({{"status", "not ready"}, {"detail", reason}, {"timestamp", now()}}));
  response.addHeader("Retry-After", "1");
  response.failure = database ? reason : failureOf(database, {});
  co_return response;
}

Task<Response> HealthApi::metrics(Call& call) const {
  const auto format = requestedFormat(call.request.header("accept"));
  if (!format) co_return co_await metricsJson();
  Response response;
  response.contentType = platform::contentTypeOf(*format);
  response.body = parts_.metrics.print(*format);
  response.addHeader("Vary", "Accept");
  co_return response;
}

Task<Response> HealthApi::metricsJson() const {
  const auto totals = platform::totalsOf(parts_.loops);
  const auto process = platform::readProcessFigures();
  const auto machine = platform::readMachineFigures();
  const auto cache = co_await parts_.cache.stats();
  const auto requests = static_cast<double>(totals.requests);
  const double now = std::chrono::duration<double>(parts_.clock.now().time_since_epoch()).count();
  auto body = Json::object({
      {"timestamp", this->now()},
      {"requests_total", static_cast<std::int64_t>(totals.requests)},
      {"errors_total", static_cast<std::int64_t>(totals.errors)},
      {"error_rate", requests > 0 ? static_cast<double>(totals.errors) / requests : 0.0},
      {"cpu_percent", parts_.cpu.percent()},
      {"memory_mb", machine.memoryUsedMebibytes},
      {"disk_usage", machine.diskUsedPercent},
      {"process_id", static_cast<std::int64_t>(getpid())},
      {"hostname", platform::hostName()},
      {"version", base::kVersion},
      {"uptime_seconds", std::max(0.0, now - process.startTimeSeconds)},
      {"process_memory_mb", process.residentBytes / (1024 * 1024)},
      {"process_cpu_seconds", process.cpuSeconds},
      {"requests_in_flight", static_cast<std::int64_t>(totals.inFlight)},
      {"p50_seconds", totals.quantile(0.5)},
      {"p95_seconds", totals.quantile(0.95)},
      {"p99_seconds", totals.quantile(0.99)},
  });
  if (const auto* rate = cache ? cache->find("hit_rate") : nullptr)
    body.set("cache_hit_rate", *rate);
  Response response = jsonResponse(200, body);
  response.addHeader("Vary", "Accept");
  co_return response;
}

Task<Response> HealthApi::cacheStats(Call&) const {
  const auto stats = co_await parts_.cache.stats();
  if (!stats) co_return cacheUnavailable(stats.error());
  co_return jsonResponse(200, *stats);
}

Task<Response> HealthApi::clearCache(Call& call) const {
  auto clear = platform::traced(call.span, kClearCache, parts_.cache.clear());
  const auto cleared = co_await std::move(clear);
  if (!cleared) co_return cacheUnavailable(cleared.error());
  co_return jsonResponse(200, Json::object({{"message", "Cache cleared successfully"}}));
}

}  // namespace

std::vector<platform::Endpoint> healthEndpoints(HealthApiParts parts) {
  const auto api = std::make_shared<const HealthApi>(parts);
  const auto handler = [&api](Task<Response> (HealthApi::*method)(Call&) const) {
    return [api, method](Call& call) { return ((*api).*method)(call); };
  };
  auto endpoints = documentedEndpoints();
  endpoints[HealthOperation::Root].handler = handler(&HealthApi::root);
  endpoints[HealthOperation::Health].handler = handler(&HealthApi::health);
  endpoints[HealthOperation::Live].handler = handler(&HealthApi::live);
  endpoints[HealthOperation::Ready].handler = handler(&HealthApi::ready);
  endpoints[HealthOperation::Metrics].handler = handler(&HealthApi::metrics);
  endpoints[HealthOperation::CacheStats].handler = handler(&HealthApi::cacheStats);
  endpoints[HealthOperation::ClearCache].handler = handler(&HealthApi::clearCache);
  return endpoints;
}

}  // namespace slipway::health
