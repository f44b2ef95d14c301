// What any endpoint may answer besides what it declares: the framework's own errors.
#pragma once

#include <vector>

#include "platform/endpoint.hpp"

namespace slipway::docs {

/// Only those that can come from this endpoint.
std::vector<platform::ResponseDoc> commonAnswers(const platform::Endpoint& endpoint);

/// The shapes of errors.
std::vector<platform::SchemaDoc> commonSchemas();

}  // namespace slipway::docs
