#include "service/setting_source.hpp"

#include <fmt/format.h>

#include <fstream>

#include "base/text.hpp"

namespace slipway::service {

namespace {

constexpr std::size_t kMaxFileBytes = 64 * 1024;

/// Its value, or nothing when it is not set. Compose files pass what is not set as an empty string.
const std::string* find(const Environment& environment, std::string_view name) {
  const auto entry = environment.find(name);
  return entry == environment.end() || entry->second.empty() ? nullptr : &entry->second;
}

std::optional<std::string> readFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxFileBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (!file.eof() || text.size() > kMaxFileBytes) return std::nullopt;
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

}  // namespace

std::optional<SettingValue> findValue(const SettingDeclaration& setting,
                                      const Environment& environment,
                                      std::vector<std::string>& problems) {
  const auto* direct = find(environment, setting.name);
  const auto fileVariable = fmt::format("{}_FILE", setting.name);
  const auto* path =
      setting.protection == Protection::Public ? nullptr : find(environment, fileVariable);
  if (direct != nullptr && path != nullptr) {
    problems.push_back(
        fmt::format("{0}: {0} and {1} are both set; set one of them", setting.name, fileVariable));
    return std::nullopt;
  }
  if (direct != nullptr) return SettingValue{*direct, "environment"};
  if (path == nullptr) return SettingValue{std::string(setting.defaultValue), "default"};
  auto text = readFile(*path);
  if (text && !text->empty()) return SettingValue{std::move(*text), "file"};
  problems.push_back(fmt::format("{}: '{}' {}; accepted: a readable file of 1 to {} bytes",
                                 fileVariable, base::printable(*path),
                                 text ? "is empty" : "cannot be read", kMaxFileBytes));
  return std::nullopt;
}

}  // namespace slipway::service
