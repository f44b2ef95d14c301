// docs/configuration.md, written from the declarations of the variables.
#pragma once

#include <string>

namespace slipway::service {

std::string settingsMarkdown();

}  // namespace slipway::service
