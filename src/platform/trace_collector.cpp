#include "platform/trace_collector.hpp"

#include <prometheus/metric_family.h>

#include <cstdint>

#include "platform/metric_families.hpp"
#include "platform/tracing.hpp"

namespace slipway::platform {

std::vector<prometheus::MetricFamily> TraceCollector::Collect() const {
  std::uint64_t exported = 0;
  std::uint64_t dropped = 0;
  for (const auto* const tracer : tracers_) {
    exported += tracer->exported();
    dropped += tracer->dropped();
  }
  return {counterFamily("trace_spans_exported_total", "Spans that the collector took.",
                        static_cast<double>(exported)),
          counterFamily("trace_spans_dropped_total",
                        "Spans dropped because the collector was away or refused them.",
                        static_cast<double>(dropped))};
}

}  // namespace slipway::platform
