#include "platform/trace_context.hpp"

#include <algorithm>

namespace slipway::platform {

namespace {

constexpr std::uint64_t kAll = 1ULL << 63;
constexpr std::string_view kParentBased = "parentbased_";

/// Lower case only, as the recommendation has it; -1 for anything else.
int digitOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

template <std::size_t size>
bool readHex(std::string_view text, std::array<std::uint8_t, size>& bytes) {
  for (std::size_t i = 0; i < size; ++i) {
    const int high = digitOf(text[2 * i]);
    const int low = digitOf(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

template <std::size_t size>
bool isZero(const std::array<std::uint8_t, size>& bytes) {
  return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

template <std::size_t size>
void appendBytes(std::string& out, const std::array<std::uint8_t, size>& bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const auto byte : bytes) {
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 0x0f]);
  }
}

}  // namespace

std::optional<TraceParent> parseTraceparent(std::string_view header) {
  constexpr std::size_t kSize = 55;  // 00-<32>-<16>-<2>
  if (header.size() < kSize || header[2] != '-' || header[35] != '-' || header[52] != '-') {
    return std::nullopt;
  }
  std::array<std::uint8_t, 1> version{};
  std::array<std::uint8_t, 1> flags{};
  TraceParent parent;
  if (!readHex(header, version) || !readHex(header.substr(3), parent.traceId) ||
      !readHex(header.substr(36), parent.spanId) || !readHex(header.substr(53), flags)) {
    return std::nullopt;
  }
  // Version 00 is exactly that long; later ones may go on after another '-'.
  const bool goodEnd = header.size() == kSize || (version[0] != 0 && header[kSize] == '-');
  if (version[0] == 0xff || !goodEnd || isZero(parent.traceId) || isZero(parent.spanId)) {
    return std::nullopt;
  }
  parent.sampled = (flags[0] & 1) != 0;
  return parent;
}

void appendHex(std::string& out, const TraceId& id) { appendBytes(out, id); }
void appendHex(std::string& out, const SpanId& id) { appendBytes(out, id); }

std::optional<Sampler> Sampler::make(std::string_view name, double ratio) {
  const bool parentBased = name.starts_with(kParentBased);
  if (parentBased) name.remove_prefix(kParentBased.size());
  if (name == "always_on") return Sampler(parentBased, kAll);
  if (name == "always_off") return Sampler(parentBased, 0);
  if (name != "traceidratio") return std::nullopt;
  const auto share = std::clamp(ratio, 0.0, 1.0) * static_cast<double>(kAll);
  return Sampler(parentBased, static_cast<std::uint64_t>(share));
}

bool Sampler::samples(const TraceParent* parent, const TraceId& traceId) const {
  if (parentBased_ && parent != nullptr) return parent->sampled;
  // The last 63 bits decide, as in OpenTelemetry's SDKs, so that all services of a trace agree.
  std::uint64_t value = 0;
  for (std::size_t i = 8; i < traceId.size(); ++i) value = value << 8 | traceId[i];
  return (value >> 1) < threshold_;
}

}  // namespace slipway::platform
