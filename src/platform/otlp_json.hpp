// OTLP's JSON form of spans (opentelemetry-proto, ExportTraceServiceRequest). A pure function.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "platform/tracing.hpp"

namespace slipway::platform {

/// The export request of the first `count` spans. `host` names this machine.
std::string otlpJson(const std::deque<SpanRecord>& spans, std::size_t count,
                     std::string_view serviceName, std::string_view host);

}  // namespace slipway::platform
