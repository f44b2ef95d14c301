#include "service/settings.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <optional>

#include "net/service_url.hpp"
#include "service/setting_source.hpp"
#include "service/settings_table.hpp"

namespace slipway::service {

namespace {

constexpr std::size_t kMinSecretKeyBytes = 32;

using Problems = std::vector<std::string>;

std::string shownValue(const SettingDeclaration& setting, std::string_view value) {
  if (value.empty() || setting.protection == Protection::Public) return std::string(value);
  return setting.protection == Protection::Url ? net::maskUrl(value) : std::string(base::kMasked);
}

void applyValue(const SettingDeclaration& setting, const SettingValue& value, Settings& settings,
                Problems& problems) {
  const auto problem = setting.apply(value.text, settings);
  if (!problem.empty()) problems.push_back(fmt::format("{}: {}", setting.name, problem));
  settings.effective.push_back(
      {std::string(setting.name), shownValue(setting, value.text), std::string(value.source)});
}

bool isPostgres(const Settings& settings) {
  return settings.databaseUrl.reveal().starts_with("postgres");
}

/// Rules that span variables. What has no good value has been told already.
void checkTogether(const Settings& settings, Problems& problems) {
  const bool deployed = settings.environment != DeploymentEnvironment::Development;
  if (deployed && !settings.databaseUrl.empty() && !isPostgres(settings)) {
    problems.emplace_back(
        "DATABASE_URL: ENVIRONMENT=staging and production require PostgreSQL; accepted: "
        "postgresql://USER:PASSWORD@HOST:PORT/NAME");
  }
  if (!deployed && !settings.requireTokens) return;
  const auto size = settings.secretKey.size();
  if (size >= kMinSecretKeyBytes) return;
  problems.push_back(fmt::format(
      "SECRET_KEY: {} and {} needs it; accepted: {} bytes or more, best random ones (openssl rand "
      "-hex 32)",
      size == 0 ? std::string("it is not set") : fmt::format("its {} bytes are too few", size),
      deployed ? "ENVIRONMENT=staging or production" : "AUTH=bearer", kMinSecretKeyBytes));
}

/// Shows what was worked out instead of an empty default.
void showComputed(Settings& settings) {
  for (auto& shown : settings.effective) {
    if (shown.name == "WORKERS") shown.value = std::to_string(settings.workers);
    if (shown.name == "AUTH") shown.value = settings.requireTokens ? "bearer" : "off";
    if (shown.name == "MIGRATE_ON_START") shown.value = settings.migrateOnStart ? "true" : "false";
  }
}

}  // namespace

Environment processEnvironment() {
  Environment environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

std::expected<Settings, std::vector<std::string>> loadSettings(const Environment& environment) {
  Settings settings;
  Problems problems;
  for (const auto& setting : settingDeclarations()) {
    const auto value = findValue(setting, environment, problems);
    if (value) applyValue(setting, *value, settings, problems);
  }
  checkTogether(settings, problems);
  if (!problems.empty()) return std::unexpected(std::move(problems));
  if (settings.debug) settings.logLevel = platform::LogLevel::Debug;
  showComputed(settings);
  return settings;
}

std::vector<SettingDescription> describeSettings() {
  std::vector<SettingDescription> descriptions;
  for (const auto& setting : settingDeclarations()) {
    descriptions.push_back({setting.name, setting.defaultValue, setting.meaning,
                            setting.protection != Protection::Public});
  }
  return descriptions;
}

}  // namespace slipway::service
