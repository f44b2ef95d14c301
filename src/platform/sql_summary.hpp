// What a statement does, in two words of its text: SELECT, users. For our own constants, whose
// keywords are in capitals.
#pragma once

#include <string_view>

namespace slipway::platform {

/// The first word.
std::string_view sqlOperation(std::string_view sql);
/// The first table that it names; empty: none.
std::string_view sqlTable(std::string_view sql);

}  // namespace slipway::platform
