#include "ops/deploy/proxy_hosts.hpp"

#include "base/text.hpp"

namespace slipway::ops {

namespace {

constexpr std::string_view kStandsBy = " backup";

}  // namespace

std::string hostsOf(Colour colour) { return serviceOf(colour) + "\n"; }

std::string hostsWithStandby(Colour colour) {
  return hostsOf(colour) + serviceOf(otherThan(colour)).append(kStandsBy) + "\n";
}

std::optional<Colour> colourOfHosts(std::string_view hosts) {
  bool blue = false;
  bool green = false;
  for (const auto line : base::splitList(hosts, '\n')) {
    if (line.ends_with(kStandsBy)) continue;
    blue = blue || line.find(serviceOf(Colour::Blue)) != std::string_view::npos;
    green = green || line.find(serviceOf(Colour::Green)) != std::string_view::npos;
  }
  if (blue == green) return std::nullopt;
  return blue ? Colour::Blue : Colour::Green;
}

}  // namespace slipway::ops
