#include "platform/otlp_json.hpp"

#include <fmt/format.h>

#include <iterator>

#include "base/json.hpp"
#include "base/version.hpp"

namespace slipway::platform {

namespace {

using std::chrono::duration_cast;
using std::chrono::nanoseconds;

std::string_view methodName(net::Method method) {
  switch (method) {
    case net::Method::Get:
      return "GET";
    case net::Method::Head:
      return "HEAD";
    case net::Method::Post:
      return "POST";
    case net::Method::Put:
      return "PUT";
    case net::Method::Patch:
      return "PATCH";
    case net::Method::Delete:
      return "DELETE";
    case net::Method::Options:
      return "OPTIONS";
    case net::Method::Other:
      break;
  }
  return "_OTHER";  // what the semantic conventions call a method they don't know
}

void appendText(std::string& out, std::string_view key, std::string_view value) {
  out.append(R"({"key":")").append(key).append(R"(","value":{"stringValue":)");
  base::appendJsonString(out, value);
  out.append("}}");
}

void appendName(std::string& out, const SpanRecord& record) {
  // A method of the client's own making must not become a name.
  std::string name(record.method == net::Method::Other ? "HTTP" : methodName(record.method));
  if (!record.route.empty()) name.append(" ").append(record.route);
  base::appendJsonString(out, name);
}

void appendSpan(std::string& out, const SpanRecord& record) {
  const auto& span = record.span;
  out.append(R"({"traceId":")");
  appendHex(out, span.traceId);
  out.append(R"(","spanId":")");
  appendHex(out, span.spanId);
  if (span.parentId) {
    out.append(R"(","parentSpanId":")");
    appendHex(out, *span.parentId);
  }
  out.append(R"(","flags":1,"name":)");
  appendName(out, record);
  const auto start = duration_cast<nanoseconds>(record.start.time_since_epoch()).count();
  // Numbers of 64 bits are strings in protobuf's JSON; kind 2 is SERVER.
  fmt::format_to(std::back_inserter(out),
                 R"(,"kind":2,"startTimeUnixNano":"{}","endTimeUnixNano":"{}","attributes":[)",
                 start, start + record.duration.count());
  appendText(out, "http.request.method", methodName(record.method));
  out.push_back(',');
  appendText(out, "url.scheme", "http");
  out.push_back(',');
  appendText(out, "url.path", record.path);
  if (!record.route.empty()) {
    out.push_back(',');
    appendText(out, "http.route", record.route);
  }
  fmt::format_to(std::back_inserter(out),
                 R"(,{{"key":"http.response.status_code","value":{{"intValue":"{}"}}}}])",
                 record.status);
  // Only the server's own failures are errors of a server span (code 2).
  if (record.status >= 500) out.append(R"(,"status":{"code":2})");
  out.push_back('}');
}

}  // namespace

std::string otlpJson(const std::deque<SpanRecord>& spans, std::size_t count,
                     std::string_view serviceName, std::string_view host) {
  std::string out(R"({"resourceSpans":[{"resource":{"attributes":[)");
  appendText(out, "service.name", serviceName);
  out.push_back(',');
  appendText(out, "service.version", base::kVersion);
  out.push_back(',');
  appendText(out, "host.name", host);
  out.append(R"(]},"scopeSpans":[{"scope":{"name":"slipway"},"spans":[)");
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out.push_back(',');
    appendSpan(out, spans[i]);
  }
  out.append("]}]}]}");
  return out;
}

}  // namespace slipway::platform
