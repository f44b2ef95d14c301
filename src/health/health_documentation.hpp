// The declarations of the operators' endpoints, apart from the code behind them.
#pragma once

#include <cstddef>
#include <vector>

#include "platform/endpoint.hpp"

namespace slipway::health {

/// Places of the operations in documentedEndpoints().
struct HealthOperation {
  enum Place : std::size_t { Root, Health, Live, Ready, Metrics, CacheStats, ClearCache };
};

/// All endpoints without their handlers.
std::vector<platform::Endpoint> documentedEndpoints();

}  // namespace slipway::health
