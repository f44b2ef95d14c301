// The two colours of the service: one serves, the other waits for the next version or keeps the
// last one warm. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::ops {

enum class Colour : std::uint8_t { Blue, Green };

constexpr Colour otherThan(Colour colour) {
  return colour == Colour::Blue ? Colour::Green : Colour::Blue;
}

constexpr std::string_view nameOf(Colour colour) {
  return colour == Colour::Blue ? "blue" : "green";
}

/// Of Compose; also the name that its containers answer to on the networks.
inline std::string serviceOf(Colour colour) { return "api-" + std::string(nameOf(colour)); }

inline std::optional<Colour> colourNamed(std::string_view name) {
  for (const auto colour : {Colour::Blue, Colour::Green}) {
    if (name == nameOf(colour)) return colour;
  }
  return std::nullopt;
}

}  // namespace slipway::ops
