// Configuration: each line of the input is one variable, `NAME=value`. It is read or refused with
// reasons, and secrets are never shown. No files are read here.
#include <string>

#include "fuzz/fuzzing.hpp"
#include "service/settings.hpp"

namespace slipway::fuzz {
namespace {

service::Environment environmentOf(std::string_view text) {
  service::Environment environment;
  while (!text.empty()) {
    std::string_view value = takeUntil(text, '\n');
    const std::string name(takeUntil(value, '='));
    // The value of X_FILE is a path, which would be opened.
    if (!name.ends_with("_FILE")) environment[name] = std::string(value);
  }
  return environment;
}

}  // namespace
}  // namespace slipway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace slipway;
  const service::Environment environment = fuzz::environmentOf(fuzz::textOf(data, size));
  const auto settings = service::loadSettings(environment);
  if (!settings) {
    fuzz::require(!settings.error().empty(), "a refusal has a reason");
    return 0;
  }
  const auto key = environment.find("SECRET_KEY");
  if (key == environment.end() || key->second.size() < 16) return 0;
  for (const auto& setting : settings->effective) {
    if (setting.name != "SECRET_KEY") continue;
    fuzz::require(setting.value.find(key->second) == std::string::npos, "the key is not shown");
  }
  return 0;
}
