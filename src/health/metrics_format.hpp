// Which form of /metrics a client asks for (RFC 9110 section 12.5.1).
#pragma once

#include <optional>
#include <string_view>

#include "platform/metrics_page.hpp"

namespace slipway::health {

/// nullopt: JSON, which is also what `*/*` and no Accept at all get.
std::optional<platform::MetricsFormat> requestedFormat(std::string_view accept);

}  // namespace slipway::health
