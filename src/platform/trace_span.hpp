// What is recorded of a request and of the steps that cache and database take for it: plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/time.hpp"
#include "net/http.hpp"
#include "platform/trace_context.hpp"

namespace slipway::platform {

struct Statement;

struct Span {
  using SteadyTime = std::chrono::steady_clock::time_point;

  TraceId traceId{};
  SpanId spanId{};
  std::optional<SpanId> parentId;
  // One moment by both clocks: what belongs to a request is counted from it by the steady one, so
  // that its steps lie within it.
  base::Timestamp start;
  SteadyTime began;

  /// 32 hexadecimal digits.
  std::string traceIdText() const;
};

/// What is known of a request once it is answered.
struct SpanEnd {
  net::Method method = net::Method::Other;
  std::string_view route;  // the template, kept by the router; empty when there is none
  std::string_view path;
  unsigned status = 0;
  std::chrono::nanoseconds duration{};
};

/// Something done for a request. All texts are constants: no value of a client's gets in.
struct Step {
  enum class Place : std::uint8_t {
    Database,
    Cache,
    Memory,      // what the cache has at hand in this process
    SharedRead,  // the read of another request, which was under way already
  };
  Place place = Place::Database;
  std::string_view operation;            // for Database of what has no `statement`
  const Statement* statement = nullptr;  // a constant
  std::string_view result;               // of a look-up: "hit", "absent" or "miss"
  std::string_view error;                // why it failed, one word; empty: it did not
};

/// A finished span.
struct SpanRecord {
  struct Request {
    net::Method method = net::Method::Other;
    std::string_view route;
    std::string path;  // its beginning, when it is very long
    unsigned status = 0;
  };
  struct RequestStep {
    Step step;
    std::optional<Span> shared;  // the request whose read it was
  };

  Span span;
  std::chrono::nanoseconds duration{};
  std::variant<Request, RequestStep> what;
};

}  // namespace slipway::platform
