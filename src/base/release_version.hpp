// The version of a release as Slipway numbers them, X.Y.Z, and their order. Plain values.
#pragma once

#include <compare>
#include <optional>
#include <string_view>

namespace slipway::base {

struct ReleaseVersion {
  int major = 0;
  int minor = 0;
  int patch = 0;
  auto operator<=>(const ReleaseVersion&) const = default;
};

/// `1.2.3`, and what follows after `-` or `+` (pre-release, build) is ignored; nothing for any
/// other text.
std::optional<ReleaseVersion> parseReleaseVersion(std::string_view text);

}  // namespace slipway::base
