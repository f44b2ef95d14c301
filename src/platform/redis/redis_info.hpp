// Fields of Redis' INFO. Pure functions; the views are into the text.
#pragma once

#include <cstdint>
#include <string_view>

namespace slipway::platform {

/// The value of `name:value`, a line of its own; empty when there is none.
std::string_view infoField(std::string_view info, std::string_view name);

/// The value of `name=value` in a list with commas, as in `db0:keys=1,expires=0`; 0 without one.
std::uint64_t infoNumber(std::string_view list, std::string_view name);

}  // namespace slipway::platform
