#include "platform/cors.hpp"

namespace slipway::platform {

namespace {

constexpr std::string_view kExposed =
    "ETag, Idempotency-Replayed, Link, Location, Retry-After, X-Request-ID";
constexpr std::string_view kMethodsAllowed = "DELETE, GET, HEAD, PATCH, POST, PUT";
constexpr std::string_view kHeadersAllowed =
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-ID";

}  // namespace

std::string_view Cors::allowed(const net::Request& request) const {
  const auto origin = request.header("origin");
  if (origin.empty()) return {};
  for (const auto& candidate : origins_) {
    if (candidate == "*") return "*";
    if (candidate == origin) return origin;
  }
  return {};
}

bool Cors::isPreflight(const net::Request& request) const {
  return enabled() && request.method == net::Method::Options && request.hasHeader("origin") &&
         request.hasHeader("access-control-request-method");
}

net::Response Cors::preflight(const net::Request& request) const {
  net::Response response(204);
  if (!allowed(request).empty()) {
    response.addHeader("Access-Control-Allow-Methods", kMethodsAllowed);
    response.addHeader("Access-Control-Allow-Headers", kHeadersAllowed);
    response.addHeader("Access-Control-Max-Age", "600");
  }
  return response;
}

void Cors::decorate(const net::Request& request, net::Response& response) const {
  if (!enabled()) return;
  const auto origin = allowed(request);
  if (origin != "*") response.addHeader("Vary", "Origin");
  if (origin.empty()) return;
  response.addHeader("Access-Control-Allow-Origin", origin);
  response.addHeader("Access-Control-Expose-Headers", kExposed);
}

}  // namespace slipway::platform
