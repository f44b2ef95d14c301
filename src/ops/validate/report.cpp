#include "ops/validate/report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace slipway::ops {

namespace {

using base::Json;

constexpr std::size_t kLongestDetail = 600;

double rounded(double number) { return static_cast<double>(static_cast<long>(number * 100)) / 100; }

std::string loadText(const LoadFigures& load) {
  auto text = fmt::format(
      "\n  load: {} requests in {:.1f} s, {} errors ({:.2f} %)\n"
      "  latency: mean {:.1f} ms, p50 {:.1f}, p95 {:.1f}, p99 {:.1f}, max {:.1f}\n",
      load.requests, load.took.count(), load.errors, load.errorPercent(), load.mean.count(),
      load.p50.count(), load.p95.count(), load.p99.count(), load.max.count());
  if (load.limited > 0) {
    text += fmt::format(
        "  {} answers were 429: the proxy limits requests by address. They were asked again, so "
        "that the rate is the proxy's; RATE_LIMIT_EXEMPT lifts the limit for this address\n",
        load.limited);
  }
  return text;
}

Json loadJson(const LoadFigures& load) {
  return Json::object({{"requests", static_cast<std::uint64_t>(load.requests)},
                       {"errors", static_cast<std::uint64_t>(load.errors)},
                       {"error_percent", rounded(load.errorPercent())},
                       {"rate_limited", static_cast<std::uint64_t>(load.limited)},
                       {"seconds", rounded(load.took.count())},
                       {"mean_ms", rounded(load.mean.count())},
                       {"p50_ms", rounded(load.p50.count())},
                       {"p95_ms", rounded(load.p95.count())},
                       {"p99_ms", rounded(load.p99.count())},
                       {"max_ms", rounded(load.max.count())}});
}

}  // namespace

double LoadFigures::errorPercent() const {
  return requests == 0 ? 0.0 : 100.0 * static_cast<double>(errors) / static_cast<double>(requests);
}

std::string_view nameOf(Check::Outcome outcome) {
  switch (outcome) {
    case Check::Outcome::Passed:
      return "passed";
    case Check::Outcome::Failed:
      return "FAILED";
    case Check::Outcome::Skipped:
      return "skipped";
  }
  return "?";
}

std::size_t Report::count(Check::Outcome outcome) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(checks, [&](const Check& check) { return check.outcome == outcome; }));
}

std::string Report::counts() const {
  return fmt::format("{} passed, {} failed, {} skipped", count(Check::Outcome::Passed),
                     count(Check::Outcome::Failed), count(Check::Outcome::Skipped));
}

std::string asText(const Report& report) {
  std::string text = fmt::format("{}\n\n", report.target);
  for (const auto& check : report.checks) {
    text += fmt::format("  {:8} {:24} {}\n", nameOf(check.outcome), check.name, check.detail);
  }
  if (report.load) text += loadText(*report.load);
  const auto* const verdict = report.interrupted ? "interrupted"
                              : report.passed()  ? "good"
                                                 : "NOT good";
  text += fmt::format("\n{}: {}\n", verdict, report.counts());
  return text;
}

Json asJson(const Report& report) {
  Json checks = Json::array();
  for (const auto& check : report.checks) {
    checks.push(Json::object({{"name", check.name},
                              {"outcome", base::toLowerAscii(nameOf(check.outcome))},
                              {"detail", base::printable(check.detail, kLongestDetail)}}));
  }
  auto json = Json::object({{"target", report.target},
                            {"passed", report.passed()},
                            {"interrupted", report.interrupted},
                            {"checks", checks}});
  if (report.load) json.set("load", loadJson(*report.load));
  return json;
}

}  // namespace slipway::ops
