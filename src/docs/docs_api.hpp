// The OpenAPI document and the pages that show it, all from this program: nothing is fetched from
// elsewhere.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "platform/endpoint.hpp"

namespace slipway::docs {

/// The declarations of the endpoints below, without their handlers.
std::vector<platform::Endpoint> documentedEndpoints();

/// The document and the pages: made once in a process, whatever the number of loops. Constant.
class Site;

/// Of all endpoints of the API, those above included.
std::shared_ptr<const Site> makeSite(std::span<const platform::Endpoint> all);

/// The endpoints of one loop.
std::vector<platform::Endpoint> docsEndpoints(const std::shared_ptr<const Site>& site);

}  // namespace slipway::docs
