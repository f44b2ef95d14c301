#include "ops/deploy/probe.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace slipway::ops {

namespace {

constexpr std::uint16_t kTlsPort = 8443;
constexpr std::chrono::milliseconds kPatience{2000};
constexpr std::array<std::string_view, 2> kTargets{"/users?limit=1", "/"};
constexpr unsigned kTooManyRequests = 429;
constexpr unsigned kServerError = 500;

}  // namespace

Probe::Probe(Run& run, std::string proxy, base::Secret token)
    : run_(run), proxy_(std::move(proxy)), token_(std::move(token)) {}

void Probe::fillUp(std::uint64_t requestsInLastSecond) {
  for (auto count = requestsInLastSecond; count < kRate; ++count) {
    if (!send()) return;
  }
}

bool Probe::send() {
  const auto answer =
      run_.http.send({.host = proxy_,
                      .port = kTlsPort,
                      .overTls = true,
                      .target = std::string(kTargets.at(sent_ % kTargets.size())),
                      .headers = {{"Authorization", fmt::format("Bearer {}", token_.reveal())},
                                  {"User-Agent", "slipway"}},
                      .timeout = kPatience});
  // The proxy's own limit says nothing about the service.
  if (answer && answer->status == kTooManyRequests) return false;
  ++sent_;
  if (answer && answer->status < kServerError) return true;
  ++failed_;
  return false;
}

}  // namespace slipway::ops
