#include "service/settings_table.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "base/cpu_quota.hpp"
#include "base/text.hpp"
#include "net/service_url.hpp"
#include "platform/trace_context.hpp"
#include "service/setting_readers.hpp"
#include "service/setting_urls.hpp"

namespace slipway::service {

namespace {

/// A number with an optional fraction, from 0 on.
std::optional<double> parseFraction(std::string_view text) {
  double value = 0;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto [rest, error] = std::from_chars(begin, end, value, std::chars_format::fixed);
  const bool good =
      !text.empty() && error == std::errc() && rest == end && value >= 0 && std::isfinite(value);
  return good ? std::optional(value) : std::nullopt;
}

/// Seconds with an optional fraction.
template <auto member, std::int64_t most>
std::string seconds(std::string_view text, Settings& settings) {
  const auto value = parseFraction(text);
  if (!value || *value > static_cast<double>(most)) {
    return isNot(text, fmt::format("a number of seconds from 0 to {}", most));
  }
  settings.*member = std::chrono::milliseconds(std::llround(*value * 1000));
  return {};
}

std::string host(std::string_view text, Settings& settings) {
  if (text != "localhost" && !base::parseAddress(text)) {
    return isNot(text, "a numeric IPv4 or IPv6 address, or localhost");
  }
  settings.host = text;
  return {};
}

std::string workers(std::string_view text, Settings& settings) {
  settings.workers = base::grantedCores();
  return text.empty() ? std::string() : readNumber<&Settings::workers, 1, 256>(text, settings);
}

std::string userRules(std::string_view text, Settings& settings) {
  static constexpr Choice<users::UserRules> kChoices[] = {
      {"strict", users::UserRules::Strict}, {"reference", users::UserRules::Reference}};
  return readChoice(text, kChoices, settings.userRules);
}

std::string environment(std::string_view text, Settings& settings) {
  static constexpr Choice<DeploymentEnvironment> kChoices[] = {
      {"development", DeploymentEnvironment::Development},
      {"staging", DeploymentEnvironment::Staging},
      {"production", DeploymentEnvironment::Production}};
  return readChoice(text, kChoices, settings.environment);
}

std::string databaseUrl(std::string_view text, Settings& settings) {
  settings.databaseUrl = base::Secret(std::string(text));
  return databaseUrlProblem(text);
}

std::string migrationDatabaseUrl(std::string_view text, Settings& settings) {
  settings.migrationDatabaseUrl = base::Secret(std::string(text));
  return text.empty() ? std::string() : postgresUrlProblem(text);
}

std::string databasePooler(std::string_view text, Settings& settings) {
  static constexpr Choice<platform::PostgresPooler> kChoices[] = {
      {"none", platform::PostgresPooler::None},
      {"transaction", platform::PostgresPooler::Transaction}};
  return readChoice(text, kChoices, settings.databasePooler);
}

std::string redisUrl(std::string_view text, Settings& settings) {
  settings.redisUrl = base::Secret(std::string(text));
  return text.empty() ? std::string() : redisUrlProblem(text);
}

std::string logLevel(std::string_view text, Settings& settings) {
  static constexpr Choice<platform::LogLevel> kChoices[] = {
      {"debug", platform::LogLevel::Debug},
      {"info", platform::LogLevel::Info},
      {"warning", platform::LogLevel::Warning},
      {"error", platform::LogLevel::Error}};
  return readChoice(base::toLowerAscii(text), kChoices, settings.logLevel);
}

// How long it must be depends on the environment: checkTogether() in settings.cpp.
std::string secretKey(std::string_view text, Settings& settings) {
  settings.secretKey = base::Secret(std::string(text));
  return {};
}

std::string auth(std::string_view text, Settings& settings) {
  if (text.empty()) {  // ENVIRONMENT is declared, and so read, before
    settings.requireTokens = settings.environment != DeploymentEnvironment::Development;
    return {};
  }
  static constexpr Choice<bool> kChoices[] = {{"off", false}, {"bearer", true}};
  return readChoice(text, kChoices, settings.requireTokens);
}

std::string trustedProxies(std::string_view text, Settings& settings) {
  std::vector<base::Network> networks;
  for (const auto item : base::splitList(text)) {
    const auto network = base::Network::parse(item);
    if (!network) {
      return network.error() +
             "; accepted: addresses or ranges separated by commas, such as 10.0.0.0/8,::1";
    }
    networks.push_back(*network);
  }
  settings.trustedProxies = base::NetworkSet(std::move(networks));
  return {};
}

/// As browsers send it: scheme, host and port, and nothing after.
bool isOrigin(std::string_view text) {
  const auto url = net::parseServiceUrl(text);
  return url && (url->scheme == "http" || url->scheme == "https") && !url->host.empty() &&
         url->path.empty() && url->query.empty() && url->user.empty() && !url->password;
}

std::string corsOrigins(std::string_view text, Settings& settings) {
  for (const auto item : base::splitList(text)) {
    if (item != "*" && !isOrigin(item)) {
      return isNot(item,
                   "an origin; accepted: origins separated by commas, such as "
                   "https://app.example.com, or *");
    }
    settings.corsOrigins.emplace_back(item);
  }
  return {};
}

std::string migrateOnStart(std::string_view text, Settings& settings) {
  settings.migrateOnStart = settings.environment != DeploymentEnvironment::Production;
  return text.empty() ? std::string() : readFlag<&Settings::migrateOnStart>(text, settings);
}

std::string otelEndpoint(std::string_view text, Settings& settings) {
  settings.otelEndpoint = text;
  return text.empty() ? std::string() : collectorUrlProblem(text);
}

std::string otelSampler(std::string_view text, Settings& settings) {
  if (!platform::Sampler::make(text, 1)) {
    return isNot(text, "always_on, always_off, traceidratio, or one of them after parentbased_");
  }
  settings.otelSampler = text;
  return {};
}

std::string otelSamplerArgument(std::string_view text, Settings& settings) {
  const auto value = parseFraction(text);
  if (!value || *value > 1) return isNot(text, "a number from 0 to 1");
  settings.otelSamplerArgument = *value;
  return {};
}

constexpr std::uint64_t kGibibyte = 1024 * 1024 * 1024;
constexpr std::uint64_t kDayMs = 86'400'000;
using S = Settings;

constexpr SettingDeclaration kDeclarations[] = {
    {"HOST", "0.0.0.0", "Address to listen on.", host},
    {"PORT", "8000", "TCP port to listen on; 0 takes any free one.",
     readNumber<&S::port, 0, 65535>},
    {"WORKERS", "", "Event loops; by default the cores that the cgroup grants.", workers},
    {"ENVIRONMENT", "development",
     "`development`, `staging` or `production`; the last two require PostgreSQL and a SECRET_KEY "
     "of at least 32 bytes.",
     environment},
    {"USER_RULES", "strict",
     "`strict`, or `reference` to take any text for names and addresses, as the FastAPI service "
     "does.",
     userRules},
    {"DATABASE_URL", "sqlite:///./slipway.db",
     "Where users are kept: `sqlite:///PATH` (four slashes before an absolute one) or "
     "`postgresql://USER:PASSWORD@HOST:PORT/NAME?sslmode=...` with libpq's parameters; several "
     "hosts "
     "(`HOST1:PORT,HOST2:PORT`) are tried in order, `target_session_attrs=read-write` finds the "
     "primary.",
     databaseUrl, Protection::Url},
    {"MIGRATION_DATABASE_URL", "",
     "The same database under the role that owns the schema, for migrations (PostgreSQL); by "
     "default DATABASE_URL.",
     migrationDatabaseUrl, Protection::Url},
    {"REDIS_URL", "",
     "The shared cache, `redis://[USER:PASSWORD@]HOST:PORT[/DATABASE]`; by default a cache inside "
     "the process.",
     redisUrl, Protection::Url},
    {"DEBUG", "false", "Logs at level `debug`, whatever LOG_LEVEL says.", readFlag<&S::debug>},
    {"LOG_LEVEL", "info", "`debug`, `info`, `warning` or `error`.", logLevel},
    {"SECRET_KEY", "",
     "Signs and checks tokens (HMAC-SHA256): 32 bytes or more wherever tokens are asked for, best "
     "random ones (`openssl rand -hex 32`).",
     secretKey, Protection::Secret},
    {"AUTH", "", "`off` (default in development) or `bearer` (default elsewhere).", auth},
    {"JWT_ISSUER", "slipway", "`iss` of accepted tokens.", readText<&S::jwtIssuer>},
    {"JWT_AUDIENCE", "slipway", "`aud` of accepted tokens.", readText<&S::jwtAudience>},
    {"TRUSTED_PROXIES", "",
     "Networks whose X-Forwarded-For is believed, separated by commas: `10.0.0.0/8,127.0.0.1`.",
     trustedProxies},
    {"CORS_ORIGINS", "",
     "Origins that browsers may call from, separated by commas; `*` is any. Empty: CORS is off.",
     corsOrigins},
    {"MAX_BODY_BYTES", "1048576", "Largest request body; beyond it 413.",
     readNumber<&S::maxBodyBytes, 0, kGibibyte>},
    {"MAX_HEADER_BYTES", "16384", "Largest request line and header; beyond it 431.",
     readNumber<&S::maxHeaderBytes, 1024, 1048576>},
    {"MAX_TARGET_BYTES", "8192", "Longest request target; beyond it 414.",
     readNumber<&S::maxTargetBytes, 64, 1048576>},
    {"MAX_CONNECTIONS", "10000", "Open connections; beyond it 503.",
     readNumber<&S::maxConnections, 1, 1000000>},
    {"MAX_CONNECTIONS_PER_ADDRESS", "0",
     "Open connections of one address; beyond it 429. 0: no limit (a proxy is one address).",
     readNumber<&S::maxConnectionsPerAddress, 0, 1000000>},
    {"MAX_IN_FLIGHT", "1024", "Requests being answered at once; beyond it 503.",
     readNumber<&S::maxInFlight, 1, 1000000>},
    {"HEADER_TIMEOUT_MS", "10000", "From a request's first byte to the end of its header.",
     readNumber<&S::headerTimeout, 1, kDayMs>},
    {"BODY_TIMEOUT_MS", "30000", "From the end of the header to the end of the body.",
     readNumber<&S::bodyTimeout, 1, kDayMs>},
    {"IDLE_TIMEOUT_MS", "75000", "How long a connection may be idle between requests.",
     readNumber<&S::idleTimeout, 1, kDayMs>},
    {"WRITE_TIMEOUT_MS", "30000", "How long a client may take none of a response.",
     readNumber<&S::writeTimeout, 1, kDayMs>},
    {"CACHE_TTL_SECONDS", "300", "How long a cached value is used, give or take 10 %.",
     readNumber<&S::cacheTtl, 1, 86400>},
    {"CACHE_MAX_BYTES", "67108864",
     "Memory of the in-process cache, or of the local copies of what Redis holds.",
     readNumber<&S::cacheMaxBytes, 65536, 64 * kGibibyte>},
    {"CACHE_LOCAL", "true", "With Redis: keep local copies, which Redis' client tracking renews.",
     readFlag<&S::cacheLocal>},
    {"DB_POOL_SIZE", "10",
     "Database connections of the process (PostgreSQL): for each event loop one that single "
     "statements share, the rest for transactions. At least two for each event loop, whatever is "
     "set here.",
     readNumber<&S::databasePoolSize, 1, 1000>},
    {"DB_POOLER", "none",
     "What stands before PostgreSQL: `none`, or `transaction` for PgBouncer in transaction mode, "
     "where nothing is kept of a session (no prepared statements; statement time-outs only inside "
     "transactions).",
     databasePooler},
    {"DB_STATEMENT_TIMEOUT_MS", "5000",
     "Longest time for one statement; 500 ms later its answer is not waited for any more.",
     readNumber<&S::databaseStatementTimeout, 1, 600000>},
    {"REDIS_TIMEOUT_MS", "250", "Longest time for one answer of Redis.",
     readNumber<&S::redisTimeout, 1, 60000>},
    {"MIGRATE_ON_START", "",
     "Applies database migrations before serving; by default on outside production.",
     migrateOnStart},
    {"DRAIN_DELAY_SECONDS", "5", "After SIGTERM: unready, but serving for so long.",
     seconds<&S::drainDelay, 3600>},
    {"DRAIN_TIMEOUT_SECONDS", "25", "After the delay: time for what is in flight to end.",
     seconds<&S::drainTimeout, 3600>},
    {"OTEL_EXPORTER_OTLP_ENDPOINT", "",
     "Where traces are sent, by OTLP over HTTP: `http://collector:4318`. Empty: nowhere.",
     otelEndpoint},
    {"OTEL_SERVICE_NAME", "slipwayd", "`service.name` of the traces.",
     readText<&S::otelServiceName>},
    {"OTEL_TRACES_SAMPLER", "parentbased_always_on",
     "Which requests are traced: `always_on`, `always_off`, `traceidratio`, or one of them after "
     "`parentbased_`, which follows the caller's decision where there is one.",
     otelSampler},
    {"OTEL_TRACES_SAMPLER_ARG", "1", "Share of traces of the `traceidratio` samplers.",
     otelSamplerArgument},
};

}  // namespace

std::span<const SettingDeclaration> settingDeclarations() { return kDeclarations; }

}  // namespace slipway::service
