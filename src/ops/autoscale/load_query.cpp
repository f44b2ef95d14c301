#include "ops/autoscale/load_query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <initializer_list>
#include <utility>

#include "base/text.hpp"
#include "ops/docker/engine_api.hpp"
#include "ops/json_members.hpp"

namespace slipway::ops {

namespace {

// Requests of probes and of Prometheus itself are no load.
constexpr std::string_view kClients = R"(job="slipway",route!~"/health.*|/metrics")";

Result<std::optional<double>> ask(const PrometheusPlace& place, const std::string& query,
                                  HttpClient& http) {
  constexpr std::chrono::seconds kLimit{5};
  constexpr std::size_t kMaxBytes = std::size_t{64} * 1024;
  const auto answer = http.send({.host = place.host,
                                 .port = place.port,
                                 .target = "/api/v1/query?timeout=4s&query=" + queryValue(query),
                                 .timeout = kLimit,
                                 .maxBodyBytes = kMaxBytes});
  if (!answer) {
    return std::unexpected(fmt::format("Prometheus at {}:{} does not answer: {}", place.host,
                                       place.port, answer.error()));
  }
  if (answer->status == 200) return readQueryAnswer(answer->body);
  return std::unexpected(
      fmt::format("Prometheus says {}: {}", answer->status, base::oneLine(answer->body)));
}

/// What must be known.
Result<double> need(const PrometheusPlace& place, const std::string& query, HttpClient& http) {
  const auto value = ask(place, query, http);
  if (!value) return std::unexpected(value.error());
  if (*value) return **value;
  return std::unexpected("Prometheus has no figures of the service: " + query);
}

/// Fills it in; what has no value without requests is 0 then.
Result<> fill(double& value, const PrometheusPlace& place, const std::string& query,
              HttpClient& http) {
  const auto found = ask(place, query, http);
  if (!found) return std::unexpected(found.error());
  value = found->value_or(0);
  return {};
}

}  // namespace

Result<PrometheusPlace> prometheusPlace(const std::string& url) {
  constexpr std::string_view kScheme = "http://";
  std::string_view rest = url;
  if (rest.starts_with(kScheme)) {
    rest.remove_prefix(kScheme.size());
    if (rest.ends_with('/')) rest.remove_suffix(1);
    const auto colon = rest.rfind(':');
    const auto port = colon == std::string_view::npos ? std::optional<std::uint64_t>(9090)
                                                      : base::parseUnsigned(rest.substr(colon + 1));
    const auto host = rest.substr(0, colon);
    if (port && *port > 0 && *port < 65536 && !host.empty() &&
        host.find('/') == std::string_view::npos) {
      return PrometheusPlace{std::string(host), static_cast<std::uint16_t>(*port)};
    }
  }
  return std::unexpected(
      fmt::format("'{}' is not http://<host>:<port> of Prometheus", base::printable(url)));
}

Result<Load> askLoad(const PrometheusPlace& place, unsigned maxInFlight, HttpClient& http) {
  // Only replicas that answered lately: one that is gone has figures for five minutes more.
  const std::string alive = R"( and on (instance) up{job="slipway"} == 1)";
  const auto cpu = need(place,
                        "avg(rate(process_cpu_seconds_total{job=\"slipway\"}[1m]) / "
                        "process_cpu_limit_cores{job=\"slipway\"}" +
                            alive + ")",
                        http);
  if (!cpu) return std::unexpected(cpu.error());
  const auto inFlight =
      need(place, "avg(avg_over_time(http_requests_in_flight{job=\"slipway\"}[30s])" + alive + ")",
           http);
  if (!inFlight) return std::unexpected(inFlight.error());
  Load load{.cpu = *cpu};
  double pool = 0;
  for (const auto& [value, query] : std::initializer_list<std::pair<double*, std::string>>{
           {&pool,
            "sum(db_pool_connections{job=\"slipway\",state=\"busy\"}) / "
            "sum(db_pool_connections_max{job=\"slipway\"})"},
           // By Little's law: those that wait, over those that get one a second.
           {&load.queueSeconds,
            "sum(avg_over_time(db_pool_waiting{job=\"slipway\"}[1m])) / "
            "(sum(rate(db_query_duration_seconds_count{job=\"slipway\"}[1m])) > 0)"},
           {&load.p99Seconds, fmt::format("histogram_quantile(0.99, sum by (le) (rate("
                                          "http_request_duration_seconds_bucket{{{}}}[1m])))",
                                          kClients)}}) {
    const auto filled = fill(*value, place, query, http);
    if (!filled) return std::unexpected(filled.error());
  }
  load.saturation = std::max(pool, maxInFlight > 0 ? *inFlight / maxInFlight : 0);
  return load;
}

Result<std::optional<double>> readQueryAnswer(const std::string& body) {
  const auto json = base::readJson(body, {.maxDepth = 16});
  if (!json || textIn(*json, "status") != "success") {
    return std::unexpected("Prometheus' answer is not one to a query");
  }
  const auto data = objectIn(*json, "data");
  const auto& result = arrayIn(data, "result");
  if (result.empty()) return std::nullopt;
  const auto& sample = arrayIn(result.front(), "value");
  if (sample.size() != 2 || !sample[1].isString()) {
    return std::unexpected("Prometheus' answer holds no sample");
  }
  const auto& text = sample[1].asString();
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0') return std::unexpected("Prometheus' sample is no number");
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace slipway::ops
