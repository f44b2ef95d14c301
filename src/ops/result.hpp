// What a step of an operation gives: its value, or in one line what happened, where, and where it
// helps what to do.
#pragma once

#include <expected>
#include <string>

namespace slipway::ops {

template <typename T = void>
using Result = std::expected<T, std::string>;

}  // namespace slipway::ops
