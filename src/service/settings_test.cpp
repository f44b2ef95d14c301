#include "service/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "platform/test_support.hpp"

namespace slipway::service {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const std::string kKey = "a key of thirty-two bytes, no less";
const std::string kPostgres = "postgresql://ann:s3cret@db:5432/users";

Settings good(const Environment& environment) {
  auto settings = loadSettings(environment);
  if (settings) return std::move(*settings);
  for (const auto& problem : settings.error()) ADD_FAILURE() << problem;
  return {};
}

std::vector<std::string> problems(const Environment& environment) {
  const auto settings = loadSettings(environment);
  return settings ? std::vector<std::string>() : settings.error();
}

EffectiveSetting shown(const Settings& settings, std::string_view name) {
  const auto found = std::ranges::find(settings.effective, name, &EffectiveSetting::name);
  return found == settings.effective.end() ? EffectiveSetting{} : *found;
}

TEST(Settings, DefaultsNeedNothing) {
  const auto settings = good({});
  EXPECT_EQ(settings.host, "0.0.0.0");
  EXPECT_EQ(settings.port, 8000);
  EXPECT_GE(settings.workers, 1U);
  EXPECT_EQ(settings.userRules, users::UserRules::Strict);
  EXPECT_EQ(settings.databaseUrl.reveal(), "sqlite:///./slipway.db");
  EXPECT_TRUE(settings.redisUrl.empty());
  EXPECT_EQ(settings.environment, DeploymentEnvironment::Development);
  EXPECT_EQ(settings.logLevel, platform::LogLevel::Info);
  EXPECT_FALSE(settings.requireTokens);
  EXPECT_TRUE(settings.migrateOnStart);
  EXPECT_EQ(settings.maxBodyBytes, 1024U * 1024U);
  EXPECT_EQ(settings.headerTimeout, milliseconds(10'000));
  EXPECT_EQ(settings.cacheTtl, std::chrono::seconds(300));
  EXPECT_EQ(settings.drainDelay, milliseconds(5'000));
  EXPECT_EQ(settings.drainTimeout, milliseconds(25'000));
  EXPECT_TRUE(settings.otelEndpoint.empty());
  EXPECT_TRUE(settings.trustedProxies.empty());
}

TEST(Settings, TakeWhatTheEnvironmentSays) {
  const auto settings = good({{"HOST", "::1"},
                              {"PORT", "0"},
                              {"WORKERS", "3"},
                              {"USER_RULES", "reference"},
                              {"LOG_LEVEL", "WARNING"},
                              {"CORS_ORIGINS", "https://a.example, http://localhost:3000"},
                              {"TRUSTED_PROXIES", "10.0.0.0/8,::1"},
                              {"DRAIN_DELAY_SECONDS", "0.25"},
                              {"REDIS_URL", "redis://cache:6379/1"},
                              {"OTEL_TRACES_SAMPLER", "traceidratio"},
                              {"OTEL_TRACES_SAMPLER_ARG", "0.5"}});
  EXPECT_EQ(settings.host, "::1");
  EXPECT_EQ(settings.port, 0);
  EXPECT_EQ(settings.workers, 3U);
  EXPECT_EQ(settings.userRules, users::UserRules::Reference);
  EXPECT_EQ(settings.logLevel, platform::LogLevel::Warning);
  EXPECT_THAT(settings.corsOrigins, ElementsAre("https://a.example", "http://localhost:3000"));
  EXPECT_TRUE(settings.trustedProxies.contains("10.9.8.7"));
  EXPECT_FALSE(settings.trustedProxies.contains("11.0.0.1"));
  EXPECT_EQ(settings.drainDelay, milliseconds(250));
  EXPECT_EQ(settings.redisUrl.reveal(), "redis://cache:6379/1");
  EXPECT_EQ(settings.otelSampler, "traceidratio");
  EXPECT_DOUBLE_EQ(settings.otelSamplerArgument, 0.5);
}

TEST(Settings, AnEmptyVariableIsNotSet) {
  const auto settings = good({{"PORT", ""}, {"SECRET_KEY", ""}, {"SECRET_KEY_FILE", ""}});
  EXPECT_EQ(settings.port, 8000);
  EXPECT_EQ(shown(settings, "PORT").source, "default");
}

TEST(Settings, DebugMeansTheLogLevel) {
  EXPECT_EQ(good({{"DEBUG", "true"}, {"LOG_LEVEL", "error"}}).logLevel, platform::LogLevel::Debug);
}

TEST(Settings, AllProblemsAreToldAtOnce) {
  EXPECT_THAT(problems({{"PORT", "80x"},
                        {"HOST", "example.com"},
                        {"USER_RULES", "lax"},
                        {"TRUSTED_PROXIES", "10.0.0.1/8"},
                        {"OTEL_TRACES_SAMPLER_ARG", "nan"}}),
              ElementsAre("HOST: 'example.com' is not a numeric IPv4 or IPv6 address, or localhost",
                          "PORT: '80x' is not a whole number from 0 to 65535",
                          "USER_RULES: 'lax' is not one of strict, reference",
                          StartsWith("TRUSTED_PROXIES: '10.0.0.1/8' has bits set beyond"),
                          "OTEL_TRACES_SAMPLER_ARG: 'nan' is not a number from 0 to 1"));
}

class WrongValue : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(WrongValue, IsRefusedAndNamed) {
  const auto& [name, value] = GetParam();
  EXPECT_THAT(problems({{name, value}}), ElementsAre(StartsWith(std::string(name) + ": ")))
      << value;
}

using Wrong = std::pair<const char*, const char*>;
INSTANTIATE_TEST_SUITE_P(
    Settings, WrongValue,
    ::testing::Values(
        Wrong("PORT", "65536"), Wrong("PORT", "-1"), Wrong("PORT", " 80"), Wrong("PORT", "0x50"),
        Wrong("HOST", "300.0.0.1"), Wrong("WORKERS", "0"), Wrong("WORKERS", "many"),
        Wrong("DATABASE_URL", "mysql://db/users"), Wrong("DATABASE_URL", "users.db"),
        Wrong("DATABASE_URL", "sqlite://relative.db"), Wrong("DATABASE_URL", "postgresql:db"),
        Wrong("DATABASE_URL", "postgresql://db"), Wrong("DATABASE_URL", "postgresql://db/"),
        Wrong("DATABASE_URL", "postgresql://db/users/more"),
        Wrong("DATABASE_URL", "postgresql://db:70000/users"),
        Wrong("DATABASE_URL", "postgresql://db/users#x"),
        Wrong("DATABASE_URL", "postgresql://ann:s%00@db/users"),
        Wrong("DATABASE_URL", "postgresql://db/users?sslmode=yes"),
        Wrong("DATABASE_URL", "postgresql://db/users?sslmode"),
        Wrong("DATABASE_URL", "sqlite:///users.db?mode=ro"),
        Wrong("REDIS_URL", "redis://cache/2147483647"), Wrong("REDIS_URL", "redis://cache/0/1"),
        Wrong("REDIS_URL", "redis://cache?ssl=true"), Wrong("REDIS_URL", "redis://ann@cache"),
        Wrong("REDIS_URL", "redis://"), Wrong("REDIS_URL", "redis://cache:x"),
        Wrong("OTEL_EXPORTER_OTLP_ENDPOINT", "http://"),
        Wrong("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:0"),
        Wrong("OTEL_EXPORTER_OTLP_ENDPOINT", "http://ann:s@collector"),
        Wrong("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector/#x"),
        Wrong("DATABASE_URL", "postgresql://db/users?sslmod=require"),
        Wrong("MIGRATION_DATABASE_URL", "sqlite:///x.db"), Wrong("DB_POOLER", "session"),
        Wrong("REDIS_URL", "rediss://cache"), Wrong("REDIS_URL", "redis://cache:0"),
        Wrong("REDIS_URL", "redis://cache/x"), Wrong("REDIS_URL", "cache:6379"),
        Wrong("DEBUG", "2"), Wrong("LOG_LEVEL", "loud"), Wrong("AUTH", "basic"),
        Wrong("TRUSTED_PROXIES", "10.0.0.0/8,proxy"), Wrong("CORS_ORIGINS", "app.example.com"),
        Wrong("CORS_ORIGINS", "https://app.example.com/"), Wrong("CORS_ORIGINS", "ftp://a"),
        Wrong("MAX_BODY_BYTES", "1MiB"), Wrong("HEADER_TIMEOUT_MS", "0"),
        Wrong("CACHE_TTL_SECONDS", "99999999999999999999"), Wrong("DRAIN_DELAY_SECONDS", "-1"),
        Wrong("DRAIN_TIMEOUT_SECONDS", "1e3"), Wrong("DRAIN_DELAY_SECONDS", "inf"),
        Wrong("MIGRATE_ON_START", "maybe"), Wrong("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"),
        Wrong("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector:4318"),
        Wrong("OTEL_TRACES_SAMPLER", "sometimes"), Wrong("OTEL_TRACES_SAMPLER_ARG", "1.01"),
        Wrong("ENVIRONMENT", "prod")));

TEST(Settings, StagingAndProductionNeedAKeyAndPostgres) {
  for (const char* environment : {"staging", "production"}) {
    EXPECT_THAT(problems({{"ENVIRONMENT", environment}}),
                ElementsAre(AllOf(StartsWith("DATABASE_URL: "), HasSubstr("PostgreSQL")),
                            AllOf(StartsWith("SECRET_KEY: it is not set"), HasSubstr("32 bytes"))));
    EXPECT_THAT(problems({{"ENVIRONMENT", environment},
                          {"DATABASE_URL", kPostgres},
                          {"SECRET_KEY", "too short"}}),
                ElementsAre(StartsWith("SECRET_KEY: its 9 bytes are too few")));
    const auto settings =
        good({{"ENVIRONMENT", environment}, {"DATABASE_URL", kPostgres}, {"SECRET_KEY", kKey}});
    EXPECT_TRUE(settings.requireTokens);
  }
}

TEST(Settings, AuthCanBeChosen) {
  EXPECT_THAT(problems({{"AUTH", "bearer"}}), ElementsAre(HasSubstr("AUTH=bearer")));
  EXPECT_TRUE(good({{"AUTH", "bearer"}, {"SECRET_KEY", kKey}}).requireTokens);
  const auto open = good({{"ENVIRONMENT", "production"},
                          {"AUTH", "off"},
                          {"DATABASE_URL", kPostgres},
                          {"SECRET_KEY", kKey}});
  EXPECT_FALSE(open.requireTokens);
}

TEST(Settings, SecretsAreNeverShown) {
  const auto settings = good({{"DATABASE_URL", kPostgres},
                              {"REDIS_URL", "redis://:s3cret@cache"},
                              {"SECRET_KEY", "s3cret://looks-like-a-url-and-is-none"}});
  EXPECT_EQ(shown(settings, "DATABASE_URL").value, "postgresql://ann:********@db:5432/users");
  EXPECT_EQ(shown(settings, "REDIS_URL").value, "redis://:********@cache");
  EXPECT_EQ(shown(settings, "SECRET_KEY").value, "********");
  for (const auto& setting : settings.effective) {
    EXPECT_THAT(setting.value, Not(HasSubstr("s3cret")));
  }
}

TEST(Settings, APostgresUrlMayNameSeveralHosts) {
  const auto settings = good({{"DATABASE_URL", "postgresql://ann:s3cret@a:1,b:2/users"},
                              {"MIGRATION_DATABASE_URL", "postgresql://own:s3cret@a:1/users"},
                              {"DB_POOLER", "transaction"}});
  EXPECT_EQ(shown(settings, "DATABASE_URL").value, "postgresql://ann:********@a:1,b:2/users");
  EXPECT_EQ(shown(settings, "MIGRATION_DATABASE_URL").value, "postgresql://own:********@a:1/users");
  EXPECT_EQ(settings.databasePooler, platform::PostgresPooler::Transaction);
}

TEST(Settings, ProblemsShowNoSecretEither) {
  const auto told = problems({{"DATABASE_URL", "postgresql://ann:s3cret[@db/users"},
                              {"REDIS_URL", "redis://:s3cret@cache:0"},
                              {"SECRET_KEY", "s3cret"},
                              {"AUTH", "bearer"}});
  EXPECT_EQ(told.size(), 3U);
  for (const auto& problem : told) EXPECT_THAT(problem, Not(HasSubstr("s3cret")));
}

TEST(Settings, ProblemsAreOneLineEach) {
  const auto told = problems({{"PORT", "1\n2"}, {"LOG_LEVEL", std::string(1000, 'x')}});
  for (const auto& problem : told) {
    EXPECT_THAT(problem, Not(HasSubstr("\n")));
    EXPECT_LT(problem.size(), 300U);
  }
}

TEST(Settings, TheComputedIsShown) {
  const auto settings = good({});
  EXPECT_EQ(shown(settings, "AUTH").value, "off");
  EXPECT_EQ(shown(settings, "WORKERS").value, std::to_string(settings.workers));
}

TEST(Settings, UrlsOfAllGoodForms) {
  for (const char* url :
       {"sqlite://", "sqlite:////var/lib/users.db", "postgres://db/users", "postgresql:///users",
        "postgresql://ann:p%40%2F%23@[::1]:5433/users?sslmode=verify-full&connect_timeout=3"}) {
    good({{"DATABASE_URL", url}});
  }
  for (const char* url : {"redis://cache", "redis://:s@cache:1/", "redis://ann:s@[::1]:6379/15"}) {
    good({{"REDIS_URL", url}});
  }
  good({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/base/"}});
}

class SecretFile : public ::testing::Test {
 protected:
  std::string write(const std::string& text) {
    const auto path = folder_.file("secret");
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  slipway::testing::TemporaryFolder folder_;
};

TEST_F(SecretFile, GivesTheValueWithoutItsNewline) {
  for (const char* end : {"", "\n", "\r\n"}) {
    const auto settings = good({{"SECRET_KEY_FILE", write(kKey + end)}});
    EXPECT_EQ(settings.secretKey.reveal(), kKey);
    EXPECT_EQ(shown(settings, "SECRET_KEY").source, "file");
  }
  EXPECT_EQ(good({{"DATABASE_URL_FILE", write(kPostgres + "\n")}}).databaseUrl.reveal(), kPostgres);
}

TEST_F(SecretFile, AndVariableTogetherAreAnError) {
  EXPECT_THAT(problems({{"SECRET_KEY", kKey}, {"SECRET_KEY_FILE", write(kKey)}}),
              ElementsAre("SECRET_KEY: SECRET_KEY and SECRET_KEY_FILE are both set; set one of "
                          "them"));
}

TEST_F(SecretFile, MustBeReadableAndHoldSomething) {
  EXPECT_THAT(problems({{"SECRET_KEY_FILE", folder_.file("missing")}}),
              ElementsAre(AllOf(StartsWith("SECRET_KEY_FILE: "), HasSubstr("cannot be read"))));
  EXPECT_THAT(problems({{"SECRET_KEY_FILE", folder_.file("")}}),
              ElementsAre(HasSubstr("cannot be read")));
  EXPECT_THAT(problems({{"SECRET_KEY_FILE", write("\n")}}), ElementsAre(HasSubstr("is empty")));
  EXPECT_THAT(problems({{"SECRET_KEY_FILE", write(std::string(70'000, 'x'))}}),
              ElementsAre(HasSubstr("cannot be read")));
}

TEST_F(SecretFile, IsForSecretsOnly) {
  EXPECT_EQ(good({{"PORT_FILE", folder_.file("missing")}}).port, 8000);
}

}  // namespace
}  // namespace slipway::service
