// The OpenAPI document and the pages that show it, all from this program: nothing is fetched from
// elsewhere.
#pragma once

#include <vector>

#include "platform/endpoint.hpp"

namespace slipway::docs {

/// The declarations of the endpoints below, without their handlers.
std::vector<platform::Endpoint> documentedEndpoints();

/// Endpoints that describe `others` and themselves.
std::vector<platform::Endpoint> docsEndpoints(const std::vector<platform::Endpoint>& others);

}  // namespace slipway::docs
