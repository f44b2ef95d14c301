// OTLP's JSON form of spans (opentelemetry-proto, ExportTraceServiceRequest), with the attributes
// of OpenTelemetry's semantic conventions. A pure function.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "platform/tracing.hpp"

namespace slipway::platform {

struct OtlpNames {
  std::string_view service;
  std::string_view host;      // this machine
  std::string_view database;  // db.system.name of both
  std::string_view cache;
};

/// The export request of the first `count` spans.
std::string otlpJson(const std::deque<SpanRecord>& spans, std::size_t count,
                     const OtlpNames& names);

}  // namespace slipway::platform
