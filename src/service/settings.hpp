// The configuration of the service: environment variables only (contract, section 5), each
// declared once in settings_table.cpp. Plain values, read once at start-up.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/cidr.hpp"
#include "base/secret.hpp"
#include "platform/log.hpp"
#include "platform/postgres/postgres_options.hpp"
#include "users/user_rules.hpp"

namespace slipway::service {

enum class DeploymentEnvironment : std::uint8_t { Development, Staging, Production };

/// One variable as it is in force, for `slipwayd config`: never shows a secret.
struct EffectiveSetting {
  std::string name;
  std::string value;
  std::string source;  // "default", "environment" or "file"
};

struct Settings {
  std::string host;
  std::uint16_t port = 0;
  unsigned workers = 0;
  users::UserRules userRules = users::UserRules::Strict;
  base::Secret databaseUrl;
  base::Secret migrationDatabaseUrl;  // empty: databaseUrl
  base::Secret redisUrl;              // empty: in-process cache
  DeploymentEnvironment environment = DeploymentEnvironment::Development;
  bool debug = false;
  platform::LogLevel logLevel = platform::LogLevel::Info;
  base::Secret secretKey;
  bool requireTokens = false;  // AUTH=bearer
  std::string jwtIssuer;
  std::string jwtAudience;
  base::NetworkSet trustedProxies;
  std::vector<std::string> corsOrigins;
  bool migrateOnStart = true;

  std::uint64_t maxBodyBytes = 0;
  std::size_t maxHeaderBytes = 0;
  std::size_t maxTargetBytes = 0;
  std::size_t maxConnections = 0;
  std::size_t maxConnectionsPerAddress = 0;  // 0: no limit of its own
  std::size_t maxInFlight = 0;
  std::chrono::milliseconds headerTimeout{};
  std::chrono::milliseconds bodyTimeout{};
  std::chrono::milliseconds idleTimeout{};
  std::chrono::milliseconds writeTimeout{};

  std::chrono::seconds cacheTtl{};
  std::size_t cacheMaxBytes = 0;
  bool cacheLocal = true;
  unsigned databasePoolSize = 0;
  platform::PostgresPooler databasePooler = platform::PostgresPooler::None;
  std::chrono::milliseconds databaseStatementTimeout{};
  std::chrono::milliseconds redisTimeout{};
  std::chrono::milliseconds drainDelay{};
  std::chrono::milliseconds drainTimeout{};

  std::string otelEndpoint;  // empty: tracing off
  std::string otelServiceName;
  std::string otelSampler;
  double otelSamplerArgument = 1;

  std::vector<EffectiveSetting> effective;
};

using Environment = std::map<std::string, std::string, std::less<>>;

/// The process's own environment.
Environment processEnvironment();

/// Reads the settings; on error every problem found, one line each, that names the variable, what
/// is wrong with it and what is accepted. Reads the files that X_FILE variables name.
std::expected<Settings, std::vector<std::string>> loadSettings(const Environment& environment);

/// What there is to set: for `slipwayd config --markdown` and docs/configuration.md.
struct SettingDescription {
  std::string_view name;
  std::string_view defaultValue;
  std::string_view meaning;
  bool isSecret = false;
};
std::vector<SettingDescription> describeSettings();

}  // namespace slipway::service
