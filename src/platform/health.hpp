// What a dependency says of itself when it is asked whether it can be used now.
#pragma once

#include <expected>
#include <string>

namespace slipway::platform {

/// Error: why it can't be used, for the log and never for a client.
using Health = std::expected<void, std::string>;

}  // namespace slipway::platform
