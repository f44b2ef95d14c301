// The OpenAPI 3.1 document, made from the same declarations that the router and the checks use.
// Pure functions.
#pragma once

#include <span>

#include "base/json.hpp"
#include "platform/endpoint.hpp"

namespace slipway::docs {

/// Endpoints with `inDocument` set. Throws std::logic_error when a response names a schema that no
/// endpoint declares.
base::Json openApiDocument(std::span<const platform::Endpoint> endpoints);

}  // namespace slipway::docs
