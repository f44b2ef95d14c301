// Paging by key: the link to what follows a page. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/http.hpp"

namespace slipway::platform {

/// The value of the `Link` header: the same query of `path`, continued after the key `last`.
std::string nextPageLink(const net::Request& request, std::string_view path, std::int64_t last);

}  // namespace slipway::platform
