// What may be configured but is not in this build yet. Goes away with the last of it.
#pragma once

#include <string>
#include <vector>

#include "service/settings.hpp"

namespace slipway::service {

/// One line for each setting that this build can't honour.
std::vector<std::string> unsupportedSettings(const Settings& settings);

}  // namespace slipway::service
