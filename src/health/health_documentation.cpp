#include "health/health_documentation.hpp"

namespace slipway::health {

namespace {

using net::Method;
using platform::Access;
using platform::Endpoint;

constexpr std::string_view kTag = "operations";

enum class Kind { Text, Number, Integer, Texts };

base::Json typeOf(Kind kind) {
  using base::Json;
  switch (kind) {
    case Kind::Text:
      return Json::object({{"type", "string"}});
    case Kind::Number:
      return Json::object({{"type", "number"}});
    case Kind::Integer:
      return Json::object({{"type", "integer"}});
    case Kind::Texts:
      return Json::object({{"type", "array"}, {"items", Json::object({{"type", "string"}})}});
  }
  return {};
}

platform::SchemaDoc shape(std::string_view name,
                          std::initializer_list<std::pair<std::string_view, Kind>> members) {
  auto properties = base::Json::object();
  auto required = base::Json::array();
  for (const auto& [member, kind] : members) {
    properties.set(member, typeOf(kind));
    required.push(base::Json(member));
  }
  return {name, base::Json::object({{"title", name},
                                    {"type", "object"},
                                    {"required", std::move(required)},
                                    {"properties", std::move(properties)}})};
}

Endpoint probe(std::string_view path, std::string_view name, std::string_view summary,
               std::string_view description) {
  return {.method = Method::Get,
          .path = path,
          .name = name,
          .summary = summary,
          .description = description,
          .tag = kTag,
          .probe = true};
}

Endpoint rootDoc() {
  return {
      .method = Method::Get,
      .path = "/",
      .name = "read_root",
      .summary = "What this service is",
      .tag = kTag,
      .responses = {{.description = "Name, version and what there is to ask.", .schema = "Root"}},
      .schemas = {shape("Root", {{"message", Kind::Text},
                                 {"version", Kind::Text},
                                 {"services", Kind::Texts},
                                 {"endpoints", Kind::Texts}})}};
}

Endpoint healthDoc() {
  auto endpoint = probe("/health", "health", "State of the service and what it depends on",
                        "Never takes longer than 2 s. Without its cache the service is degraded "
                        "and works on.");
  endpoint.responses = {
      {.description = "Healthy, or degraded: the cache is down.",
       .schema = "Health",
       .example = R"({"status":"healthy","database":"healthy","cache":"healthy",)"
                  R"("timestamp":"2026-11-22T21:50:04.467741","version":"0.1.0"})"},
      {.status = 503, .description = "The database is down.", .schema = "Health"}};
  endpoint.schemas = {shape("Health", {{"status", Kind::Text},
                                       {"database", Kind::Text},
                                       {"cache", Kind::Text},
                                       {"timestamp", Kind::Text},
                                       {"version", Kind::Text}})};
  return endpoint;
}

Endpoint liveDoc() {
  auto endpoint = probe("/health/live", "health_live", "Whether the process answers at all",
                        "Touches nothing else.");
  endpoint.responses = {{.description = "It does.", .schema = "Liveness"}};
  endpoint.schemas = {shape("Liveness", {{"status", Kind::Text}, {"timestamp", Kind::Text}})};
  return endpoint;
}

Endpoint readyDoc() {
  auto endpoint = probe("/health/ready", "health_ready", "Whether to send traffic here",
                        "No before start-up has ended, while draining, and when the database is "
                        "down.");
  endpoint.responses = {{.description = "Yes.", .schema = "Liveness"},
                        {.status = 503, .description = "Not now.", .schema = "NotReady"}};
  endpoint.schemas = {shape(
      "NotReady", {{"status", Kind::Text}, {"detail", Kind::Text}, {"timestamp", Kind::Text}})};
  return endpoint;
}

Endpoint metricsDoc() {
  auto endpoint = probe("/metrics", "metrics", "Metrics",
                        "JSON by default; Prometheus text for `Accept: text/plain`, OpenMetrics "
                        "for `Accept: application/openmetrics-text`.");
  endpoint.access = Access::Ops;
  endpoint.responses = {{.description = "The figures now.",
                         .schema = "Metrics",
                         .textTypes = {"text/plain", "application/openmetrics-text"}}};
  endpoint.schemas = {shape("Metrics", {{"timestamp", Kind::Text},
                                        {"requests_total", Kind::Integer},
                                        {"errors_total", Kind::Integer},
                                        {"error_rate", Kind::Number},
                                        {"cpu_percent", Kind::Number},
                                        {"memory_mb", Kind::Number},
                                        {"disk_usage", Kind::Number},
                                        {"process_id", Kind::Integer},
                                        {"hostname", Kind::Text}})};
  return endpoint;
}

Endpoint cacheStatsDoc() {
  return {.method = Method::Get,
          .path = "/cache/stats",
          .name = "cache_stats",
          .summary = "Figures of the cache",
          .tag = kTag,
          .access = Access::Ops,
          .responses = {{.description = "The figures now.", .schema = "CacheStats"},
                        {.status = 503,
                         .description = "The cache is unreachable.",
                         .schema = "Error",
                         .example = R"({"detail":"Cache unavailable"})"}},
          .schemas = {shape("CacheStats", {{"connected_clients", Kind::Integer},
                                           {"used_memory_human", Kind::Text},
                                           {"total_commands_processed", Kind::Integer},
                                           {"hits", Kind::Integer},
                                           {"misses", Kind::Integer},
                                           {"hit_rate", Kind::Number}})}};
}

Endpoint clearCacheDoc() {
  return {.method = Method::Delete,
          .path = "/cache/clear",
          .name = "clear_cache",
          .summary = "Forget what is cached",
          .description = "This service's keys only.",
          .tag = kTag,
          .access = Access::Ops,
          .responses = {{.description = "Done.",
                         .schema = "Message",
                         .example = R"({"message":"Cache cleared successfully"})"},
                        {.status = 503,
                         .description = "The cache is unreachable.",
                         .schema = "Error",
                         .example = R"({"detail":"Cache unavailable"})"}},
          .schemas = {shape("Message", {{"message", Kind::Text}})}};
}

}  // namespace

std::vector<platform::Endpoint> documentedEndpoints() {
  return {rootDoc(),    healthDoc(),     liveDoc(),      readyDoc(),
          metricsDoc(), cacheStatsDoc(), clearCacheDoc()};
}

}  // namespace slipway::health
