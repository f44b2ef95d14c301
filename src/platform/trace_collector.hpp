// Shows the loops' tracers to Prometheus: trace_spans_exported_total, trace_spans_dropped_total.
#pragma once

#include <prometheus/collectable.h>

#include <utility>
#include <vector>

namespace slipway::platform {

class Tracer;

class TraceCollector : public prometheus::Collectable {
 public:
  /// `tracers` outlive this.
  explicit TraceCollector(std::vector<const Tracer*> tracers) : tracers_(std::move(tracers)) {}
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const std::vector<const Tracer*> tracers_;
};

}  // namespace slipway::platform
