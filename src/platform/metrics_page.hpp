// GET /metrics as Prometheus reads it: gathers from everything that collects and prints it in the
// classic text format or as OpenMetrics. Sources are added at start-up; then thread-safe.
#pragma once

#include <prometheus/collectable.h>

#include <memory>
#include <string>
#include <vector>

namespace slipway::platform {

enum class MetricsFormat { Text, OpenMetrics };

std::string_view contentTypeOf(MetricsFormat format);

class MetricsPage {
 public:
  void add(std::shared_ptr<const prometheus::Collectable> source) {
    sources_.push_back(std::move(source));
  }
  std::string print(MetricsFormat format) const;

 private:
  std::vector<std::shared_ptr<const prometheus::Collectable>> sources_;
};

}  // namespace slipway::platform
