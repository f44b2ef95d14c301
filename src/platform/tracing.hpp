// Traces of requests, sent to an OpenTelemetry collector in the background: a span for the request
// and one for each step of the cache and the database (traced.hpp), by OTLP over HTTP in JSON. One
// Tracer a loop, used on that loop only; its counters may be read from any thread. Nothing here
// waits for the collector: spans wait in a bounded buffer, and what finds it full is dropped and
// counted. See docs/decisions/tracing.md.
#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "net/http.hpp"
#include "net/task.hpp"
#include "platform/http_metrics.hpp"
#include "platform/log.hpp"
#include "platform/trace_context.hpp"
#include "platform/trace_span.hpp"

namespace slipway::platform {

/// db.system.name of what is in no other system's hands.
inline constexpr std::string_view kInProcess = "in_process";

struct TracingOptions {
  std::string host;  // of the collector
  std::uint16_t port = 4318;
  std::string target = "/v1/traces";
  std::string serviceName = "slipwayd";
  std::string_view databaseSystem = "sqlite";  // db.system.name; constants
  std::string_view cacheSystem = kInProcess;
  Sampler sampler;
  std::size_t queueLimit = 4096;             // spans that wait
  std::size_t batchLimit = 512;              // spans in one request to the collector
  std::chrono::milliseconds interval{1000};  // between exports, unless a batch is full before
  std::chrono::milliseconds timeout{5000};   // of one export
};

/// Of OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SERVICE_NAME and OTEL_TRACES_SAMPLER[_ARG]. Throws
/// std::invalid_argument when the endpoint is no http:// URL or the sampler's name is unknown.
TracingOptions tracingOptions(std::string_view endpoint, std::string serviceName,
                              std::string_view sampler, double samplerArgument);

class Tracer {
 public:
  /// `loop`, `clock` and `logger` outlive the tracer, which outlives the running of `loop`.
  Tracer(TracingOptions options, net::asio::io_context& loop, const base::Clock& clock,
         const Logger& logger);

  /// Exports in the background from now on. Called once.
  void start();
  /// The span of a request, or nothing when it is not sampled. `traceparent`: the request's
  /// header, or an empty view. `began`: when it came.
  std::optional<Span> begin(std::string_view traceparent,
                            Span::SteadyTime began = std::chrono::steady_clock::now());
  /// The request was answered.
  void end(const Span& span, const SpanEnd& what);
  /// A step for the request of `span` ended just now. `shared`: the request whose read it was.
  void endStep(const Span& span, const Step& step, Span::SteadyTime began,
               const std::optional<Span>& shared = {});
  /// Tries once to export all that waits. Before the loop stops.
  net::Task<> flush();

  std::uint64_t exported() const { return exported_.value(); }
  std::uint64_t dropped() const { return dropped_.value(); }

 private:
  using Timer = net::asio::basic_waitable_timer<
      std::chrono::steady_clock, net::asio::wait_traits<std::chrono::steady_clock>, net::Executor>;

  void keep(SpanRecord record);
  net::Task<> exportForever();
  net::Task<bool> exportBatch();
  void reportFailure(std::string_view reason);
  void reportSuccess();

  const TracingOptions options_;
  const base::Clock& clock_;
  const Logger& logger_;
  net::asio::io_context& loop_;
  Timer timer_;
  std::mt19937_64 random_;  // ids must be unique, not secret
  std::deque<SpanRecord> waiting_;
  bool exporting_ = false;
  bool failing_ = false;
  Counter exported_;
  Counter dropped_;
};

}  // namespace slipway::platform
