#include "platform/pipeline.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <chrono>
#include <ratio>

#include "net/url.hpp"
#include "platform/errors.hpp"
#include "platform/traced.hpp"

namespace slipway::platform {

namespace {

using std::chrono::steady_clock;

constexpr std::string_view kSecurityHeaders =
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n"
    "Referrer-Policy: no-referrer\r\n";

/// Redirects a path that differs from a route's only by slashes at its end, as FastAPI does. The
/// location is relative: the Host header is the client's word.
std::optional<net::Response> slashRedirect(const Router& router, const net::Request& request) {
  const auto end = request.path.find_last_not_of('/');
  if (end == std::string_view::npos || end + 1 == request.path.size()) return std::nullopt;
  const auto other = request.path.substr(0, end + 1);
  PathValues values;
  if (router.match(other, values) == nullptr) return std::nullopt;
  auto location = net::percentEncodePath(other);
  if (!request.query.empty()) location.append("?").append(request.query);
  net::Response response(307);
  response.addHeader("Location", location);
  return response;
}

/// RFC 9110 section 8.4: no content coding is understood here.
bool hasPlainBody(const net::Request& request) {
  const auto coding = request.header("content-encoding");
  return coding.empty() || net::equalsIgnoreCase(coding, "identity");
}

/// `0.0012s`. Without fmt's doubles, which are four times the work.
std::string processTime(std::chrono::nanoseconds duration) {
  using TenthsOfMilliseconds = std::chrono::duration<std::uint64_t, std::ratio<1, 10'000>>;
  const auto time = std::chrono::round<TenthsOfMilliseconds>(duration).count();
  return fmt::format(FMT_COMPILE("{}.{:04}s"), time / 10'000, time % 10'000);
}

}  // namespace

struct Pipeline::Exchange {
  net::Request& request;
  RequestIds::Text newId = {};
  std::string_view requestId;  // of `newId` or the request's own
  std::string_view clientIp;
  const Route* route = nullptr;
  const Endpoint* endpoint = nullptr;
  Principal principal = {};
  Call call;
  std::optional<RequestSpan> span = {};  // none: not recorded
};

net::Task<net::Response> Pipeline::handle(net::Request& request) {
  Exchange exchange{.request = request, .requestId = {}, .clientIp = {}, .call = {request}};
  begin(exchange);
  parts_.metrics.inFlight.add();
  net::Response response;
  try {
    auto refusal = refuse(exchange);
    if (refusal) {
      response = std::move(*refusal);
    } else {
      response = co_await exchange.endpoint->handler(exchange.call);
    }
  } catch (const std::exception& error) {
    parts_.logger.error("Unhandled exception", {{"request_id", exchange.requestId},
                                                {"error", std::string_view(error.what())}});
    response = errorResponse(500, "Internal Server Error", error.what());
  }
  parts_.metrics.inFlight.subtract(1);
  finish(exchange, response);
  co_return response;
}

/// Of the trace that the request belongs to, recorded here or not; empty: none.
std::string Pipeline::traceIdOf(const Exchange& exchange) {
  if (exchange.span) return exchange.span->span.traceIdText();
  const auto parent = parseTraceparent(exchange.request.header("traceparent"));
  return parent ? Span{.traceId = parent->traceId}.traceIdText() : std::string();
}

void Pipeline::begin(Exchange& exchange) {
  const auto& request = exchange.request;
  if (const auto sent = request.header("x-request-id"); isUsableRequestId(sent)) {
    exchange.requestId = sent;
  } else {
    exchange.newId = ids_.next();
    exchange.requestId = {exchange.newId.data(), exchange.newId.size()};
  }
  exchange.call.requestId = exchange.requestId;
  exchange.clientIp = clientAddress(request, parts_.isTrusted);
  exchange.route = parts_.router.match(request.path, exchange.call.pathValues);
  const bool probe = exchange.route != nullptr && exchange.route->probe;
  if (parts_.tracer != nullptr && !probe) {
    const auto span = parts_.tracer->begin(request.header("traceparent"), request.received);
    if (span) {
      exchange.call.span = &exchange.span.emplace(*parts_.tracer, *span);
    }
  }
  logStarted(exchange);
}

std::optional<net::Response> Pipeline::refuse(Exchange& exchange) {
  const auto& request = exchange.request;
  if (request.rejection) return errorResponse(request.rejection->status, request.rejection->detail);
  if (parts_.cors.isPreflight(request)) return parts_.cors.preflight(request);
  if (auto refusal = findEndpoint(exchange)) return refusal;
  if (parts_.metrics.inFlight.value() > parts_.maxInFlight && !exchange.endpoint->probe) {
    parts_.metrics.shed.add();
    return errorResponse(503, "Service overloaded, try again");
  }
  if (auto denial = checkAccess(exchange)) return denial;
  if (!hasPlainBody(request)) return errorResponse(415, "Unsupported Media Type");
  return std::nullopt;
}

std::optional<net::Response> Pipeline::findEndpoint(Exchange& exchange) {
  const auto& request = exchange.request;
  if (exchange.route == nullptr) {
    if (auto redirect = slashRedirect(parts_.router, request)) return redirect;
    return errorResponse(404, "Not Found");
  }
  const auto method = request.method == net::Method::Head ? net::Method::Get : request.method;
  exchange.endpoint = exchange.route->find(method);
  if (exchange.endpoint != nullptr) return std::nullopt;
  auto response = errorResponse(405, "Method Not Allowed");
  response.addHeader("Allow", exchange.route->allow);
  return response;
}

std::optional<net::Response> Pipeline::checkAccess(Exchange& exchange) {
  const auto needed = exchange.endpoint->access;
  auto principal = parts_.access.check(exchange.request.header("authorization"), needed);
  if (principal) {
    exchange.principal = std::move(*principal);
    exchange.call.subject = exchange.principal.subject;
    return std::nullopt;
  }
  const auto& denial = principal.error();
  auto response = errorResponse(denial.status, denial.detail);
  if (!denial.challenge.empty()) response.addHeader("WWW-Authenticate", denial.challenge);
  return response;
}

void Pipeline::finish(Exchange& exchange, net::Response& response) {
  // Whatever does not say otherwise is about users, or an error on the way to them.
  if (!response.hasHeader("Cache-Control")) response.addHeaderLines("Cache-Control: no-store\r\n");
  response.addHeader("X-Request-ID", exchange.requestId);
  response.addHeaderLines(kSecurityHeaders);
  parts_.cors.decorate(exchange.request, response);
  const auto duration = steady_clock::now() - exchange.request.received;
  const auto route =
      exchange.route == nullptr ? parts_.router.unmatchedIndex() : exchange.route->index;
  parts_.metrics.record(route, exchange.request.method, response.status, duration);
  logCompleted(exchange, response, duration);
  if (exchange.span) endSpan(exchange, response.status, duration);
}

void Pipeline::endSpan(const Exchange& exchange, unsigned status,
                       std::chrono::nanoseconds duration) {
  parts_.tracer->end(
      exchange.span->span,
      {.method = exchange.request.method,
       .route = exchange.route == nullptr ? std::string_view() : exchange.route->path,
       .path = exchange.request.path,
       .status = status,
       .duration = duration});
}

void Pipeline::logStarted(const Exchange& exchange) const {
  const bool quiet = exchange.route != nullptr && exchange.route->probe;
  const auto& request = exchange.request;
  parts_.logger.log(quiet ? LogLevel::Debug : LogLevel::Info, "Request started",
                    {{"request_id", exchange.requestId},
                     {"method", request.methodName},
                     // The absolute form may carry credentials.
                     {"url", request.target.starts_with('/') ? request.target : request.path},
                     {"client_ip", exchange.clientIp},
                     {"user_agent", request.header("user-agent")}});
}

void Pipeline::logCompleted(const Exchange& exchange, const net::Response& response,
                            std::chrono::nanoseconds duration) const {
  auto level =
      exchange.route != nullptr && exchange.route->probe ? LogLevel::Debug : LogLevel::Info;
  if (response.status >= 400) level = LogLevel::Warning;
  if (response.status >= 500) level = LogLevel::Error;
  if (!parts_.logger.enabled(level)) return;
  const auto time = processTime(duration);
  const auto traceId = traceIdOf(exchange);
  parts_.logger.log(
      level, response.status >= 500 ? LogEvent("HTTP Error") : LogEvent("Request completed"),
      {{"request_id", exchange.requestId},
       {"method", exchange.request.methodName},
       {"path", exchange.request.path},
       {"route", exchange.route == nullptr ? std::string_view("-") : exchange.route->path},
       {"status_code", static_cast<std::int64_t>(response.status)},
       {"process_time", std::string_view(time)},
       {"bytes", static_cast<std::int64_t>(response.bodyBytes())},
       {"cache", exchange.call.cache},
       // Without a name, and so left out: what did not fail, or is of no trace.
       {response.failure.empty() ? "" : "reason", std::string_view(response.failure)},
       {traceId.empty() ? "" : "trace_id", std::string_view(traceId)}});
}

}  // namespace slipway::platform
