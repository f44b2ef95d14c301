#include "platform/metrics_page.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <string_view>

namespace slipway::platform {

namespace {

// OpenMetrics names a counter's family without `_total`, its samples with it, and ends with EOF;
// the rest of what we use is the same in both formats.
std::string toOpenMetrics(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    constexpr std::string_view kTotal = "_total ";
    const auto total = line.starts_with("# ") ? line.find(kTotal) : std::string_view::npos;
    if (total != std::string_view::npos && line.find(' ', 7) == total + kTotal.size() - 1) {
      out.append(line.substr(0, total)).append(line.substr(total + kTotal.size() - 1));
    } else {
      out.append(line);
    }
    out.push_back('\n');
  }
  out.append("# EOF\n");
  return out;
}

}  // namespace

std::string_view contentTypeOf(MetricsFormat format) {
  return format == MetricsFormat::Text
             ? "text/plain; version=0.0.4; charset=utf-8"
             : "application/openmetrics-text; version=1.0.0; charset=utf-8";
}

std::string MetricsPage::print(MetricsFormat format) const {
  std::vector<prometheus::MetricFamily> families;
  for (const auto& source : sources_) {
    for (auto& family : source->Collect()) families.push_back(std::move(family));
  }
  const auto text = prometheus::TextSerializer().Serialize(families);
  return format == MetricsFormat::Text ? text : toOpenMetrics(text);
}

}  // namespace slipway::platform
