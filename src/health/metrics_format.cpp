#include "health/metrics_format.hpp"

#include <cstdlib>
#include <string>

#include "base/text.hpp"
#include "net/http.hpp"

namespace slipway::health {

namespace {

/// The part before `separator`; takes it and the separator off.
std::string_view takeUntil(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const auto part = base::trim(text.substr(0, end));
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  return part;
}

double weightIn(std::string_view parameters) {
  while (!parameters.empty()) {
    const auto parameter = takeUntil(parameters, ';');
    if (parameter.starts_with("q=") || parameter.starts_with("Q=")) {
      return std::strtod(std::string(parameter.substr(2)).c_str(), nullptr);
    }
  }
  return 1;
}

}  // namespace

std::optional<platform::MetricsFormat> requestedFormat(std::string_view accept) {
  std::optional<platform::MetricsFormat> best;
  double bestWeight = 0;
  while (!accept.empty()) {
    auto range = takeUntil(accept, ',');
    const auto type = takeUntil(range, ';');
    std::optional<platform::MetricsFormat> format;
    if (net::equalsIgnoreCase(type, "application/openmetrics-text")) {
      format = platform::MetricsFormat::OpenMetrics;
    } else if (net::equalsIgnoreCase(type, "text/plain")) {
      format = platform::MetricsFormat::Text;
    } else if (!net::equalsIgnoreCase(type, "application/json")) {
      continue;
    }
    const double weight = weightIn(range);
    if (weight > bestWeight) {
      bestWeight = weight;
      best = format;
    }
  }
  return best;
}

}  // namespace slipway::health
