#include "platform/tracing.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "net/client.hpp"
#include "net/service_url.hpp"
#include "platform/otlp_json.hpp"

namespace slipway::platform {

namespace {

constexpr std::size_t kMaxPathBytes = 256;

std::mt19937_64 seededRandom() {
  std::random_device device;
  std::array<std::random_device::result_type, 16> seed{};
  std::ranges::generate(seed, std::ref(device));
  std::seed_seq sequence(seed.begin(), seed.end());
  return std::mt19937_64(sequence);
}

/// Random bytes, not all zero.
template <typename Id>
Id newId(std::mt19937_64& random) {
  Id id{};
  static_assert(sizeof(Id) % sizeof(std::uint64_t) == 0);
  for (std::size_t at = 0; at < sizeof(Id); at += sizeof(std::uint64_t)) {
    const std::uint64_t word = random() | 1;
    std::memcpy(id.data() + at, &word, sizeof(word));
  }
  return id;
}

std::string hostName() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : "unknown";
}

/// What the OTLP specification says to try again; anything else would fail again.
bool isTemporary(unsigned status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

}  // namespace

TracingOptions tracingOptions(std::string_view endpoint, std::string serviceName,
                              std::string_view sampler, double samplerArgument) {
  auto url = net::parseServiceUrl(endpoint);
  if (!url || url->scheme != "http" || url->host.empty()) {
    throw std::invalid_argument("OTEL_EXPORTER_OTLP_ENDPOINT: it must be an http:// URL");
  }
  const auto chosen = Sampler::make(sampler, samplerArgument);
  if (!chosen) throw std::invalid_argument("OTEL_TRACES_SAMPLER: there is no such sampler");
  while (url->path.ends_with('/')) url->path.pop_back();
  return {.host = std::move(url->host),
          .port = url->port.value_or(80),
          .target = url->path + "/v1/traces",
          .serviceName = std::move(serviceName),
          .sampler = *chosen};
}

std::string Span::traceIdText() const {
  std::string text;
  appendHex(text, traceId);
  return text;
}

Tracer::Tracer(TracingOptions options, net::asio::io_context& loop, const base::Clock& clock,
               const Logger& logger)
    : options_(std::move(options)),
      clock_(clock),
      logger_(logger),
      loop_(loop),
      timer_(loop.get_executor()),
      random_(seededRandom()) {}

void Tracer::start() { net::asio::co_spawn(loop_, exportForever(), net::asio::detached); }

std::optional<Span> Tracer::begin(std::string_view traceparent, Span::SteadyTime began) {
  const auto parent = parseTraceparent(traceparent);
  Span span{.traceId = parent ? parent->traceId : newId<TraceId>(random_)};
  if (!options_.sampler.samples(parent ? &*parent : nullptr, span.traceId)) return std::nullopt;
  span.spanId = newId<SpanId>(random_);
  if (parent) span.parentId = parent->spanId;
  const auto since = std::chrono::steady_clock::now() - began;
  span.start = clock_.now() - std::chrono::duration_cast<std::chrono::microseconds>(since);
  span.began = began;
  return span;
}

void Tracer::end(const Span& span, const SpanEnd& what) {
  keep({.span = span,
        .duration = what.duration,
        .what = SpanRecord::Request{.method = what.method,
                                    .route = what.route,
                                    .path = std::string(what.path.substr(0, kMaxPathBytes)),
                                    .status = what.status}});
}

void Tracer::endStep(const Span& span, const Step& step, Span::SteadyTime began,
                     const std::optional<Span>& shared) {
  const auto since = std::chrono::duration_cast<std::chrono::microseconds>(began - span.began);
  const Span child{.traceId = span.traceId,
                   .spanId = newId<SpanId>(random_),
                   .parentId = span.spanId,
                   .start = span.start + since,
                   .began = began};
  keep({.span = child,
        .duration = std::chrono::steady_clock::now() - began,
        .what = SpanRecord::RequestStep{.step = step, .shared = shared}});
}

void Tracer::keep(SpanRecord record) {
  if (waiting_.size() >= options_.queueLimit) {
    dropped_.add();
    return;
  }
  waiting_.push_back(std::move(record));
  // At this size alone: while the collector is away, more are waiting, and it is asked in its time.
  if (waiting_.size() == options_.batchLimit) timer_.cancel();
}

net::Task<> Tracer::exportForever() {
  for (;;) {
    timer_.expires_after(options_.interval);
    boost::system::error_code ec;
    co_await timer_.async_wait(net::asio::redirect_error(net::useTask, ec));
    co_await flush();
  }
}

net::Task<> Tracer::flush() {
  if (exporting_) co_return;
  exporting_ = true;
  bool going = true;
  while (going && !waiting_.empty()) going = co_await exportBatch();
  exporting_ = false;
}

/// False when the collector could not be reached: then the spans stay, and newer ones are dropped
/// once there are too many.
net::Task<bool> Tracer::exportBatch() {
  const auto count = std::min(waiting_.size(), options_.batchLimit);
  static const std::string host = hostName();
  const OtlpNames names{.service = options_.serviceName,
                        .host = host,
                        .database = options_.databaseSystem,
                        .cache = options_.cacheSystem};
  net::ClientRequest request{.method = "POST",
                             .host = options_.host,
                             .port = options_.port,
                             .target = options_.target,
                             .contentType = "application/json",
                             .body = otlpJson(waiting_, count, names),
                             .timeout = options_.timeout};
  const auto answer = co_await net::fetch(std::move(request));
  if (!answer) {
    reportFailure(answer.error());
    co_return false;
  }
  if (isTemporary(answer->status)) {
    reportFailure(fmt::format("the collector answered {}", answer->status));
    co_return false;
  }
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
  if (answer->status >= 300) {
    dropped_.add(count);
    reportFailure(fmt::format("the collector answered {}", answer->status));
  } else {
    exported_.add(count);
    reportSuccess();
  }
  co_return true;
}

// Told once when it begins and once when it is over.
void Tracer::reportFailure(std::string_view reason) {
  if (std::exchange(failing_, true)) return;
  logger_.warning("Traces can't be exported",
                  {{"collector", std::string_view(options_.host)}, {"reason", reason}});
}

void Tracer::reportSuccess() {
  if (!std::exchange(failing_, false)) return;
  logger_.info("Traces are exported again",
               {{"spans_dropped", static_cast<std::int64_t>(dropped_.value())}});
}

}  // namespace slipway::platform
