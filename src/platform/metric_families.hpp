// Short ways to make prometheus-cpp's metric families.
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/http_metrics.hpp"

namespace slipway::platform {

using MetricLabels = std::vector<std::pair<std::string_view, std::string_view>>;

prometheus::MetricFamily metricFamily(std::string_view name, std::string_view help,
                                      prometheus::MetricType type);
/// A family of one value without labels.
prometheus::MetricFamily counterFamily(std::string_view name, std::string_view help, double value);
prometheus::MetricFamily gaugeFamily(std::string_view name, std::string_view help, double value);

void addCounter(prometheus::MetricFamily& family, const MetricLabels& labels, double value);
void addGauge(prometheus::MetricFamily& family, const MetricLabels& labels, double value);
/// Of durations in the buckets of http_metrics.hpp.
void addHistogram(prometheus::MetricFamily& family, const MetricLabels& labels,
                  const DurationCounts& counts, std::uint64_t nanoseconds);

}  // namespace slipway::platform
