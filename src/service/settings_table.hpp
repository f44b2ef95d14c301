// The declarations behind settings.hpp: every variable once, for reading, for `slipwayd config` and
// for docs/configuration.md.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "service/settings.hpp"

namespace slipway::service {

enum class Protection : std::uint8_t {
  Public,
  Url,     // may hold a password: may be given as NAME_FILE, is shown with the password masked
  Secret,  // may be given as NAME_FILE, is never shown
};

struct SettingDeclaration {
  std::string_view name;
  std::string_view defaultValue;  // as it would be written; empty when it is worked out or none
  std::string_view meaning;
  /// Puts a value into the settings; returns what is wrong with it (without the value itself
  /// unless it is Public) and what is accepted, or nothing.
  std::string (*apply)(std::string_view text, Settings& settings);
  Protection protection = Protection::Public;
};

std::span<const SettingDeclaration> settingDeclarations();

}  // namespace slipway::service
