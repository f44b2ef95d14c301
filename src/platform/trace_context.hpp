// Who a request's trace belongs to: W3C Trace Context's `traceparent` header, and the decision
// which traces are recorded, by OpenTelemetry's names. Plain values and pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::platform {

using TraceId = std::array<std::uint8_t, 16>;
using SpanId = std::array<std::uint8_t, 8>;

struct TraceParent {
  TraceId traceId{};
  SpanId spanId{};
  bool sampled = false;
};

/// Nothing when the header is absent or malformed: then a new trace begins.
std::optional<TraceParent> parseTraceparent(std::string_view header);

/// Appends lower-case hexadecimal digits.
void appendHex(std::string& out, const TraceId& id);
void appendHex(std::string& out, const SpanId& id);

class Sampler {
 public:
  /// `always_on`, `always_off`, `traceidratio`, or one of them after `parentbased_`. `ratio`, 0..1,
  /// counts for traceidratio. Nothing for other names.
  static std::optional<Sampler> make(std::string_view name, double ratio);

  /// True when the span is to be recorded. `parent`: null for the first of its trace.
  bool samples(const TraceParent* parent, const TraceId& traceId) const;

 private:
  Sampler(bool parentBased, std::uint64_t threshold)
      : parentBased_(parentBased), threshold_(threshold) {}

  bool parentBased_;
  std::uint64_t threshold_;  // of 2^63; that many trace ids are recorded
};

}  // namespace slipway::platform
