// The proxy's file of who gets requests: names of services or containers, one a line. A line
// "<name> backup" is of those that stand by: they get a request only when none of the others can be
// reached. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ops/deploy/colour.hpp"

namespace slipway::ops {

/// Only that colour.
std::string hostsOf(Colour colour);
/// That colour, and the other one stands by.
std::string hostsWithStandby(Colour colour);

/// Which colour gets requests; nothing when both or none do. Who stands by does not count.
std::optional<Colour> colourOfHosts(std::string_view hosts);

}  // namespace slipway::ops
