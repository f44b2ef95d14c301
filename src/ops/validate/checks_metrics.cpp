// Metrics in both formats, and what the cache's counters say.
#include <charconv>
#include <map>

#include "base/text.hpp"
#include "ops/json_members.hpp"
#include "ops/validate/answers.hpp"
#include "ops/validate/checks.hpp"

namespace slipway::ops {

namespace {

constexpr std::string_view kFromOutside =
    "asked from outside: the proxy gives metrics to INTERNAL_NETWORKS alone; validate from an "
    "address in there to see them";

/// Why it could not be looked at, or what is wrong.
Check unlooked(std::string_view name, const net::Fetched& answer) {
  if (answer && isAskedFromOutside(*answer)) return skipped(name, std::string(kFromOutside));
  if (answer && answer->status == 403) {
    return failed(name,
                  fmt::format("{}: make the token with the scope ops too", detailOf(*answer)));
  }
  return failed(name, told("GET /metrics", answer));
}

struct CacheCounters {
  std::string process;  // its start, which tells the processes behind a proxy apart
  double hits = 0;
};

double numberAtEndOf(std::string_view line) {
  const auto space = line.rfind(' ');
  double number = 0;
  if (space != std::string_view::npos) {
    std::from_chars(line.data() + space + 1, line.data() + line.size(), number);
  }
  return number;
}

CacheCounters cacheCounters(std::string_view page) {
  CacheCounters counters;
  for (const auto line : base::splitList(page, '\n')) {
    if (line.starts_with("process_start_time_seconds ")) counters.process = line;
    const bool isHit = line.starts_with("cache_requests_total{") &&
                       line.find("result=\"hit\"") != std::string_view::npos;
    if (isHit) counters.hits += numberAtEndOf(line);
  }
  return counters;
}

Question textPage() { return {.path = "/metrics", .headers = {{"Accept", "text/plain"}}}; }

}  // namespace

net::Task<Check> checkJsonMetrics(ServiceClient& client) {
  Question question{.path = "/metrics", .headers = {{"Accept", "application/json"}}};
  const auto answer = co_await client.ask(std::move(question));
  if (!isOneOf(answer, 200)) co_return unlooked("metrics (JSON)", answer);
  const auto json = jsonOf(*answer);
  Findings findings;
  for (const auto* const name :
       {"timestamp", "requests_total", "errors_total", "error_rate", "cpu_percent", "memory_mb",
        "disk_usage", "process_id", "hostname"}) {
    findings.require(json.find(name) != nullptr, fmt::format("no {}", name));
  }
  findings.require(numberIn(json, "requests_total") > 0, "requests_total does not count");
  co_return findings.check("metrics (JSON)", fmt::format("{} requests since it started",
                                                         numberIn(json, "requests_total")));
}

net::Task<Check> checkPrometheusMetrics(ServiceClient& client) {
  const auto answer = co_await client.ask(textPage());
  if (!isOneOf(answer, 200)) co_return unlooked("metrics (Prometheus)", answer);
  const auto* const type = answer->header("content-type");
  Findings findings;
  findings.require(type != nullptr && type->starts_with("text/plain"),
                   "its type is not text/plain");
  const std::string_view page = answer->body;
  for (const auto* const family :
       {"# TYPE http_requests_total counter", "# TYPE http_request_duration_seconds histogram",
        "# TYPE cache_requests_total counter", "process_start_time_seconds "}) {
    findings.require(page.find(family) != std::string_view::npos, fmt::format("no '{}'", family));
  }
  co_return findings.check("metrics (Prometheus)", fmt::format("{} KiB", page.size() / 1024));
}

net::Task<Check> checkCache(ServiceClient& client, std::string path) {
  // Several processes may take turns behind a proxy; each has counters of its own. One to three
  // reads between two looks, so that not always the same one is looked at and another one read.
  constexpr int kMostLooks = 15;
  constexpr int kMostReadsBetween = 3;
  std::map<std::string, double> hitsBefore;
  int reads = 0;
  for (int look = 0; look < kMostLooks; ++look) {
    const auto page = co_await client.ask(textPage());
    if (!isOneOf(page, 200)) co_return unlooked("cache", page);
    const auto counters = cacheCounters(page->body);
    const auto [before, isFirst] = hitsBefore.emplace(counters.process, counters.hits);
    if (!isFirst && counters.hits > before->second) {
      co_return Check{"cache", Check::Outcome::Passed,
                      fmt::format("a repeated read is a hit, by the counters (reads: {})", reads)};
    }
    for (int between = 0; between <= look % kMostReadsBetween; ++between) {
      Question question{.path = path};
      const auto read = co_await client.ask(std::move(question));
      if (!isOneOf(read, 200)) co_return failed("cache", told("GET " + path, read));
      ++reads;
    }
  }
  co_return failed("cache",
                   fmt::format("{} reads of one user and no hit in cache_requests_total", reads));
}

}  // namespace slipway::ops
