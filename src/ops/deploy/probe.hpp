// Synthetic requests through the proxy, as a client would send them, for when there are too few
// real ones to tell how the service does. They read only.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/secret.hpp"
#include "ops/deploy/run.hpp"

namespace slipway::ops {

class Probe {
 public:
  /// `proxy`: an address of its container. `run` outlives it.
  Probe(Run& run, std::string proxy, base::Secret token);

  /// Sends as many as are missing to kRate in the second that has just gone; none when there was
  /// traffic enough, and no more after one that failed.
  void fillUp(std::uint64_t requestsInLastSecond);

  std::uint64_t sent() const { return sent_; }
  /// Without an answer, or with 5xx.
  std::uint64_t failed() const { return failed_; }

  /// A second. Well below what the proxy lets one address send.
  static constexpr std::uint64_t kRate = 5;

 private:
  bool send();

  Run& run_;
  const std::string proxy_;
  const base::Secret token_;
  std::uint64_t sent_ = 0;
  std::uint64_t failed_ = 0;
};

}  // namespace slipway::ops
