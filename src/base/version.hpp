// What this build is.
#pragma once

#include <string_view>

namespace slipway::base {

inline constexpr std::string_view kVersion = SLIPWAY_VERSION;  // set by CMake
inline constexpr std::string_view kCompiler = __VERSION__;

}  // namespace slipway::base
