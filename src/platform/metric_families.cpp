#include "platform/metric_families.hpp"

#include <limits>

namespace slipway::platform {

namespace {

prometheus::ClientMetric labelled(const MetricLabels& labels) {
  prometheus::ClientMetric metric;
  for (const auto& [name, value] : labels) {
    metric.label.push_back({std::string(name), std::string(value)});
  }
  return metric;
}

}  // namespace

prometheus::MetricFamily metricFamily(std::string_view name, std::string_view help,
                                      prometheus::MetricType type) {
  prometheus::MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  return family;
}

prometheus::MetricFamily counterFamily(std::string_view name, std::string_view help, double value) {
  auto family = metricFamily(name, help, prometheus::MetricType::Counter);
  addCounter(family, {}, value);
  return family;
}

prometheus::MetricFamily gaugeFamily(std::string_view name, std::string_view help, double value) {
  auto family = metricFamily(name, help, prometheus::MetricType::Gauge);
  addGauge(family, {}, value);
  return family;
}

void addCounter(prometheus::MetricFamily& family, const MetricLabels& labels, double value) {
  auto metric = labelled(labels);
  metric.counter.value = value;
  family.metric.push_back(std::move(metric));
}

void addGauge(prometheus::MetricFamily& family, const MetricLabels& labels, double value) {
  auto metric = labelled(labels);
  metric.gauge.value = value;
  family.metric.push_back(std::move(metric));
}

void addHistogram(prometheus::MetricFamily& family, const MetricLabels& labels,
                  const DurationCounts& counts, std::uint64_t nanoseconds) {
  auto metric = labelled(labels);
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    cumulative += counts[i];
    const bool last = i == kDurationBuckets.size();
    metric.histogram.bucket.push_back(
        {cumulative, last ? std::numeric_limits<double>::infinity() : kDurationBuckets[i]});
  }
  metric.histogram.sample_count = cumulative;
  metric.histogram.sample_sum = static_cast<double>(nanoseconds) / 1e9;
  family.metric.push_back(std::move(metric));
}

}  // namespace slipway::platform
