// Shows Prometheus the autoscaler's figures: GET /metrics on a thread of its own, so that a look
// that takes long makes no scrape fail. Owns its thread; publish() may be called on any.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "ops/result.hpp"

namespace slipway::ops {

class MetricsServer {
 public:
  /// Listens on all addresses; port 0: any free one. Error: the port can't be had.
  static Result<MetricsServer> listen(std::uint16_t port);
  MetricsServer(MetricsServer&&) noexcept;
  MetricsServer& operator=(MetricsServer&&) noexcept;
  ~MetricsServer();

  std::uint16_t port() const;
  /// What is shown from now on, in Prometheus' text format; before the first: 503.
  void publish(std::string text);

 private:
  struct Serving;
  explicit MetricsServer(std::unique_ptr<Serving> serving);
  std::unique_ptr<Serving> serving_;
};

}  // namespace slipway::ops
