// The way of every request through the service, and of every answer back: id, log, route, limits,
// access, the endpoint's handler, common headers, metrics, log. One object a loop.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "net/request_handler.hpp"
#include "platform/access.hpp"
#include "platform/client_address.hpp"
#include "platform/cors.hpp"
#include "platform/http_metrics.hpp"
#include "platform/log.hpp"
#include "platform/request_ids.hpp"
#include "platform/router.hpp"
#include "platform/tracing.hpp"

namespace slipway::platform {

/// What a pipeline uses; all of it outlives it.
struct PipelineParts {
  const Router& router;
  const Logger& logger;
  HttpMetrics& metrics;
  const AccessControl& access;
  const Cors& cors;
  const IsTrusted& isTrusted;
  std::size_t maxInFlight = 1024;  // of this loop: beyond, 503
  Tracer* tracer = nullptr;        // null: nothing is traced
};

class Pipeline : public net::RequestHandler {
 public:
  explicit Pipeline(PipelineParts parts) : parts_(parts) {}

  net::Task<net::Response> handle(net::Request& request) override;

 private:
  struct Exchange;

  void begin(Exchange& exchange);
  std::optional<net::Response> refuse(Exchange& exchange);
  std::optional<net::Response> findEndpoint(Exchange& exchange);
  std::optional<net::Response> checkAccess(Exchange& exchange);
  void finish(Exchange& exchange, net::Response& response);
  void endSpan(const Exchange& exchange, unsigned status, std::chrono::nanoseconds duration);
  static std::string traceIdOf(const Exchange& exchange);
  void logStarted(const Exchange& exchange) const;
  void logCompleted(const Exchange& exchange, const net::Response& response,
                    std::chrono::nanoseconds duration) const;

  const PipelineParts parts_;
  RequestIds ids_;
};

}  // namespace slipway::platform
