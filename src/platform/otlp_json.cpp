#include "platform/otlp_json.hpp"

#include <fmt/format.h>

#include <iterator>

#include "base/json.hpp"
#include "base/version.hpp"
#include "platform/sql.hpp"
#include "platform/sql_summary.hpp"

namespace slipway::platform {

namespace {

using std::chrono::duration_cast;
using std::chrono::nanoseconds;

// SpanKind.
constexpr int kInternal = 1;
constexpr int kServer = 2;
constexpr int kClient = 3;

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

/// After the first of the attributes. Empty values are left out.
void appendFurther(std::string& out, std::string_view key, std::string_view value) {
  if (value.empty()) return;
  out.push_back(',');
  appendText(out, key, value);
}

std::string nameOf(const SpanRecord::Request& request) {
  // A method of the client's own making must not become a name.
  std::string name(request.method == net::Method::Other ? "HTTP" : methodName(request.method));
  if (!request.route.empty()) name.append(" ").append(request.route);
  return name;
}

void appendAttributes(std::string& out, const SpanRecord::Request& request) {
  appendText(out, "http.request.method", methodName(request.method));
  appendFurther(out, "url.scheme", "http");
  appendFurther(out, "url.path", request.path);
  appendFurther(out, "http.route", request.route);
  fmt::format_to(std::back_inserter(out),
                 R"(,{{"key":"http.response.status_code","value":{{"intValue":"{}"}}}})",
                 request.status);
}

std::string_view operationOf(const Step& step) {
  return step.statement == nullptr ? step.operation : sqlOperation(step.statement->sql);
}

std::string_view tableOf(const Step& step) {
  return step.statement == nullptr ? std::string_view() : sqlTable(step.statement->sql);
}

std::string nameOf(const Step& step) {
  if (step.place == Step::Place::SharedRead) return "shared read";
  std::string name(step.place == Step::Place::Database ? "" : "cache ");
  name.append(operationOf(step));
  if (const auto table = tableOf(step); !table.empty()) name.append(" ").append(table);
  return name;
}

/// db.system.name; empty for what is no call of a system.
std::string_view systemOf(const Step& step, const OtlpNames& names) {
  switch (step.place) {
    case Step::Place::Database:
      return names.database;
    case Step::Place::Cache:
      return names.cache;
    case Step::Place::Memory:
      return kInProcess;
    case Step::Place::SharedRead:
      break;
  }
  return {};
}

void appendAttributes(std::string& out, const Step& step, std::string_view system) {
  if (system.empty()) return;
  appendText(out, "db.system.name", system);
  appendFurther(out, "db.operation.name", operationOf(step));
  appendFurther(out, "db.collection.name", tableOf(step));
  // The label of the metric db_query_duration_seconds.
  if (step.statement != nullptr) appendFurther(out, "slipway.query", step.statement->name);
  appendFurther(out, "slipway.cache.result", step.result);
  appendFurther(out, "error.type", step.error);
}

void appendLink(std::string& out, const Span& other) {
  out.append(R"(,"links":[{"traceId":")");
  appendHex(out, other.traceId);
  out.append(R"(","spanId":")");
  appendHex(out, other.spanId);
  out.append(R"("}])");
}

/// What all spans have. Numbers of 64 bits are strings in protobuf's JSON.
void appendCommon(std::string& out, const SpanRecord& record, std::string_view name, int kind) {
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
  base::appendJsonString(out, name);
  const auto start = duration_cast<nanoseconds>(span.start.time_since_epoch()).count();
  fmt::format_to(std::back_inserter(out),
                 R"(,"kind":{},"startTimeUnixNano":"{}","endTimeUnixNano":"{}","attributes":[)",
                 kind, start, start + record.duration.count());
}

void appendEnd(std::string& out, bool failed) {
  if (failed) out.append(R"(,"status":{"code":2})");
  out.push_back('}');
}

void appendRequest(std::string& out, const SpanRecord& record, const SpanRecord::Request& request) {
  appendCommon(out, record, nameOf(request), kServer);
  appendAttributes(out, request);
  out.push_back(']');
  // Only the server's own failures are errors of a server span.
  appendEnd(out, request.status >= 500);
}

void appendStep(std::string& out, const SpanRecord& record, const SpanRecord::RequestStep& what,
                const OtlpNames& names) {
  const auto system = systemOf(what.step, names);
  const bool inside = system.empty() || system == kInProcess;
  appendCommon(out, record, nameOf(what.step), inside ? kInternal : kClient);
  appendAttributes(out, what.step, system);
  out.push_back(']');
  if (what.shared) appendLink(out, *what.shared);
  appendEnd(out, !what.step.error.empty());
}

void appendSpan(std::string& out, const SpanRecord& record, const OtlpNames& names) {
  if (const auto* request = std::get_if<SpanRecord::Request>(&record.what)) {
    appendRequest(out, record, *request);
  } else {
    appendStep(out, record, std::get<SpanRecord::RequestStep>(record.what), names);
  }
}

}  // namespace

std::string otlpJson(const std::deque<SpanRecord>& spans, std::size_t count,
                     const OtlpNames& names) {
  std::string out(R"({"resourceSpans":[{"resource":{"attributes":[)");
  appendText(out, "service.name", names.service);
  out.push_back(',');
  appendText(out, "service.version", base::kVersion);
  out.push_back(',');
  appendText(out, "host.name", names.host);
  out.append(R"(]},"scopeSpans":[{"scope":{"name":"slipway"},"spans":[)");
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out.push_back(',');
    appendSpan(out, spans[i], names);
  }
  out.append("]}]}]}");
  return out;
}

}  // namespace slipway::platform
