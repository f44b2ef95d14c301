// Where a variable's value comes from: itself, the file that NAME_FILE names, or its default.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/settings_table.hpp"

namespace slipway::service {

struct SettingValue {
  std::string text;
  std::string_view source;  // "default", "environment" or "file"
};

/// Nothing when there is no good value; then `problems` has a line more.
std::optional<SettingValue> findValue(const SettingDeclaration& setting,
                                      const Environment& environment,
                                      std::vector<std::string>& problems);

}  // namespace slipway::service
