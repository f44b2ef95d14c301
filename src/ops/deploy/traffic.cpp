#include "ops/deploy/traffic.hpp"

#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>

#include "base/text.hpp"
#include "ops/json_members.hpp"

namespace slipway::ops {

namespace {

using base::Json;

/// A line of the text format: name, labels, value.
struct Sample {
  std::string_view name;
  std::map<std::string_view, std::string_view> labels;
  double value = 0;
};

double number(std::string_view text) {
  if (text == "+Inf") return HUGE_VAL;
  return std::strtod(std::string(text).c_str(), nullptr);
}

/// `method="GET",route="/users"`: no value of ours has a quote or a backslash in it.
std::map<std::string_view, std::string_view> readLabels(std::string_view text) {
  std::map<std::string_view, std::string_view> labels;
  while (true) {
    const auto equals = text.find("=\"");
    if (equals == std::string_view::npos) return labels;
    const auto end = text.find('"', equals + 2);
    if (end == std::string_view::npos) return labels;
    labels.emplace(text.substr(0, equals), text.substr(equals + 2, end - equals - 2));
    text.remove_prefix(end + 1);
    if (text.starts_with(',')) text.remove_prefix(1);
  }
}

std::optional<Sample> readSample(std::string_view line) {
  if (line.empty() || line.front() == '#') return std::nullopt;
  const auto open = line.find('{');
  const auto close = line.rfind('}');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return std::nullopt;  // those that matter here all have labels
  }
  const auto rest = base::trim(line.substr(close + 1));
  return Sample{line.substr(0, open), readLabels(line.substr(open + 1, close - open - 1)),
                number(rest.substr(0, rest.find(' ')))};
}

bool isAboutItself(const Sample& sample) {
  const auto route = sample.labels.find("route");
  return route != sample.labels.end() &&
         (route->second.starts_with("/health") || route->second == "/metrics");
}

std::string_view labelOf(const Sample& sample, std::string_view name) {
  const auto found = sample.labels.find(name);
  return found == sample.labels.end() ? std::string_view() : found->second;
}

std::uint64_t less(std::uint64_t now, std::uint64_t earlier) {
  return now > earlier ? now - earlier : 0;
}

}  // namespace

Traffic& Traffic::operator+=(const Traffic& other) {
  requests += other.requests;
  errors += other.errors;
  for (const auto& [bound, count] : other.within) within[bound] += count;
  return *this;
}

Traffic since(const Traffic& now, const Traffic& earlier) {
  Traffic difference{less(now.requests, earlier.requests), less(now.errors, earlier.errors)};
  for (const auto& [bound, count] : now.within) {
    const auto before = earlier.within.find(bound);
    difference.within[bound] = less(count, before == earlier.within.end() ? 0 : before->second);
  }
  return difference;
}

Traffic readMetrics(std::string_view page) {
  Traffic traffic;
  while (!page.empty()) {
    const auto end = page.find('\n');
    const auto sample = readSample(page.substr(0, end));
    page.remove_prefix(end == std::string_view::npos ? page.size() : end + 1);
    if (!sample || isAboutItself(*sample)) continue;
    const auto count = static_cast<std::uint64_t>(sample->value);
    if (sample->name == "http_requests_total") {
      traffic.requests += count;
      if (labelOf(*sample, "status").starts_with('5')) traffic.errors += count;
    } else if (sample->name == "http_request_duration_seconds_bucket") {
      traffic.within[number(labelOf(*sample, "le"))] += count;
    }
  }
  return traffic;
}

double boundOf(const Traffic& traffic, double quantile) {
  if (traffic.within.empty()) return 0;
  const auto all = static_cast<double>(traffic.within.rbegin()->second);
  if (all == 0) return 0;
  for (const auto& [bound, count] : traffic.within) {
    if (static_cast<double>(count) >= all * quantile) return bound;
  }
  return HUGE_VAL;
}

std::uint64_t slowerThan(const Traffic& traffic, double seconds) {
  const auto bound = traffic.within.lower_bound(seconds);
  if (bound == traffic.within.end()) return 0;
  return less(traffic.within.rbegin()->second, bound->second);
}

Json toJson(const Traffic& traffic) {
  auto within = Json::array();
  for (const auto& [bound, count] : traffic.within) {
    within.push(Json::array({std::isinf(bound) ? Json() : Json(bound), count}));
  }
  return Json::object(
      {{"requests", traffic.requests}, {"errors", traffic.errors}, {"within", std::move(within)}});
}

Traffic readTraffic(const Json& json) {
  Traffic traffic{static_cast<std::uint64_t>(numberIn(json, "requests")),
                  static_cast<std::uint64_t>(numberIn(json, "errors"))};
  for (const auto& entry : arrayIn(json, "within")) {
    if (!entry.isArray() || entry.asArray().size() != 2) continue;
    const auto& bound = entry.asArray()[0];
    const auto& count = entry.asArray()[1];
    if (!count.fitsInt64()) continue;
    const double seconds = bound.isFloat()     ? bound.asDouble()
                           : bound.fitsInt64() ? static_cast<double>(bound.asInt64())
                                               : HUGE_VAL;
    traffic.within[seconds] = static_cast<std::uint64_t>(count.asInt64());
  }
  return traffic;
}

}  // namespace slipway::ops
