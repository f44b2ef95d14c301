#include "ops/autoscale/metrics_server.hpp"

#include <fmt/format.h>

#include <boost/asio/executor_work_guard.hpp>
#include <mutex>
#include <system_error>
#include <thread>

#include "net/connection_limits.hpp"
#include "net/server.hpp"

namespace slipway::ops {

namespace {

/// One text for all who ask.
class ShownText final : public net::RequestHandler {
 public:
  net::Task<net::Response> handle(net::Request& request) override { co_return answer(request); }

  void show(std::string text) {
    const std::scoped_lock lock(mutex_);
    text_ = std::move(text);
  }

 private:
  net::Response answer(const net::Request& request) {
    if (request.rejection) return refusal(request.rejection->status, request.rejection->detail);
    if (request.path != "/metrics") return refusal(404, "only /metrics is here");
    if (request.method != net::Method::Get && request.method != net::Method::Head) {
      return refusal(405, "only GET");
    }
    const std::scoped_lock lock(mutex_);
    if (text_.empty()) return refusal(503, "nothing was looked at yet");
    net::Response response;
    response.contentType = "text/plain; version=0.0.4; charset=utf-8";
    response.body = text_;
    return response;
  }

  static net::Response refusal(unsigned status, std::string_view detail) {
    net::Response response(status);
    response.contentType = "text/plain; charset=utf-8";
    response.body = fmt::format("{}\n", detail);
    return response;
  }

  std::mutex mutex_;
  std::string text_;  // guarded by mutex_
};

}  // namespace

/// Members in the order in which they must be destroyed.
struct MetricsServer::Serving {
  static constexpr std::size_t kMostConnections = 16;

  explicit Serving(std::uint16_t port) : server(loop, text, {.port = port}, limits) {
    server.start();
    thread = std::thread([this] {
      const auto guard = net::asio::make_work_guard(loop);
      loop.run();
    });
  }
  ~Serving() {
    loop.stop();
    thread.join();
  }
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  net::ConnectionLimits limits{kMostConnections, 0};
  net::asio::io_context loop{1};
  ShownText text;
  net::Server server;
  std::thread thread;
};

MetricsServer::MetricsServer(std::unique_ptr<Serving> serving) : serving_(std::move(serving)) {}
MetricsServer::MetricsServer(MetricsServer&&) noexcept = default;
MetricsServer& MetricsServer::operator=(MetricsServer&&) noexcept = default;
MetricsServer::~MetricsServer() = default;

Result<MetricsServer> MetricsServer::listen(std::uint16_t port) {
  try {
    return MetricsServer(std::make_unique<Serving>(port));
  } catch (const std::system_error& error) {
    return std::unexpected(error.what());
  }
}

std::uint16_t MetricsServer::port() const { return serving_->server.port(); }

void MetricsServer::publish(std::string text) { serving_->text.show(std::move(text)); }

}  // namespace slipway::ops
