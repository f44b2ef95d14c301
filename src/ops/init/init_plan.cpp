#include "ops/init/init_plan.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/token.hpp"
#include "ops/files/secret_file.hpp"
#include "ops/init/alert_receivers.hpp"
#include "ops/init/certificate.hpp"
#include "ops/init/random_secret.hpp"

namespace slipway::ops {

namespace {

namespace fs = std::filesystem;
using Contents = PlannedFiles::Contents;

// The users of the images: a secret can be read by the one that needs it, and root.
constexpr Owner kService{1001, 1001};
constexpr Owner kDatabase{999, 999};
constexpr Owner kCache{999, 999};
constexpr Owner kProxy{101, 101};
constexpr Owner kWatcher{1002, 1002};  // Prometheus, Alertmanager, exporters
constexpr Owner kGrafana{472, 0};
constexpr Owner kLogStore{1000, 0};  // Elasticsearch

constexpr mode_t kSecretMode = 0600;
constexpr mode_t kPublicMode = 0644;
constexpr mode_t kFolderMode = 0700;
constexpr mode_t kPublicFolderMode = 0755;

constexpr std::size_t kPasswordBytes = 24;
constexpr std::size_t kKeyBytes = 32;
// As long as browsers take one; the database's is nobody's business but ours.
constexpr std::chrono::days kTlsLifetime{397};
constexpr std::chrono::days kDatabaseLifetime{3650};
// For as long as the key: who changes that removes this file too, and runs `init` again.
constexpr std::chrono::days kScrapeTokenLifetime{3650};

Contents one(std::string content) {
  std::vector<base::Secret> contents;
  contents.emplace_back(std::move(content));
  return contents;
}

/// `before`, the secret in `passwordFile`, `after`.
auto around(std::string before, fs::path passwordFile, std::string after) {
  return [before = std::move(before), passwordFile = std::move(passwordFile),
          after = std::move(after)]() -> Contents {
    const auto password = readSecretFile(passwordFile);
    if (!password) return std::unexpected(password.error());
    return one(fmt::format("{}{}{}\n", before, password->reveal(), after));
  };
}

auto random(std::size_t bytes) {
  return [bytes]() -> Contents { return one(fmt::format("{}\n", randomSecret(bytes).reveal())); };
}

/// The key first: a certificate alone would look finished.
auto selfSigned(CertificateRequest request) {
  return [request = std::move(request)]() -> Contents {
    auto made = makeSelfSigned(request);
    std::vector<base::Secret> contents{std::move(made.key)};
    contents.emplace_back(std::move(made.certificate));
    return contents;
  };
}

class Planner {
 public:
  explicit Planner(const InitRequest& request)
      : request_(request), secrets_(fs::path("secrets") / request.environment.name) {
    plan_.directory = request.directory;
  }

  InitPlan plan() {
    addFolders();
    addService();
    addDatabase();
    addCache();
    addCertificates();
    addMonitoring();
    addLogStore();
    add("settings for Compose",
        {{fmt::format(".env.{}", request_.environment.name), kPublicMode, {}}},
        [environment = request_.environment] { return one(environmentFile(environment)); });
    return std::move(plan_);
  }

 private:
  std::optional<Owner> ownedBy(Owner owner) const {
    return request_.keepOwner ? std::nullopt : std::optional(owner);
  }

  PlannedFile secret(std::string_view name, Owner owner) const {
    return {.path = secrets_ / name, .mode = kSecretMode, .owner = ownedBy(owner)};
  }

  fs::path full(std::string_view name) const { return request_.directory / secrets_ / name; }

  void add(std::string purpose, std::vector<PlannedFile> files, std::function<Contents()> make) {
    plan_.files.push_back({std::move(purpose), std::move(files), std::move(make)});
  }

  void addFolders() {
    const auto state = fs::path("state") / request_.environment.name;
    plan_.folders = {{"secrets", kFolderMode, {}},
                     {secrets_, kFolderMode, {}},
                     {secrets_ / "tls", kFolderMode, ownedBy(kProxy)},
                     {"state", kPublicFolderMode, {}},
                     {state, kPublicFolderMode, {}},
                     {state / "proxy", kPublicFolderMode, {}},
                     {state / "metrics", kPublicFolderMode, {}}};
  }

  void addService() {
    add("key that signs tokens", {secret("secret_key", kService)}, random(kKeyBytes));
  }

  void addDatabase() {
    constexpr std::string_view kAtDatabase =
        "@db:5432/slipway?sslmode=verify-full&sslrootcert=/run/secrets/db_certificate";
    add("password of the database's superuser", {secret("db_superuser_password", kDatabase)},
        random(kPasswordBytes));
    add("password of the schema's owner", {secret("db_owner_password", kDatabase)},
        random(kPasswordBytes));
    add("password of the service's role", {secret("db_app_password", kDatabase)},
        random(kPasswordBytes));
    add("database URL of the service", {secret("database_url", kService)},
        around("postgresql://slipway_app:", full("db_app_password"), std::string(kAtDatabase)));
    add("database URL of migrations", {secret("migration_database_url", kService)},
        around("postgresql://slipway_owner:", full("db_owner_password"), std::string(kAtDatabase)));
  }

  void addCache() {
    add("password of the service at the cache", {secret("redis_password", kCache)},
        random(kPasswordBytes));
    add("cache URL of the service", {secret("redis_url", kService)},
        around("redis://slipway:", full("redis_password"), "@cache:6379/0"));
  }

  void addCertificates() {
    add("certificate and key of the database",
        {secret("db_private_key", kDatabase),
         {secrets_ / "db_certificate", kPublicMode, ownedBy(kDatabase)}},
        selfSigned({.hosts = {"db"}, .from = request_.now, .lifetime = kDatabaseLifetime}));
    add("self-signed certificate and key of the proxy",
        {secret("tls/privkey.pem", kProxy),
         {secrets_ / "tls" / "fullchain.pem", kPublicMode, ownedBy(kProxy)}},
        selfSigned({.hosts = request_.tlsHosts, .from = request_.now, .lifetime = kTlsLifetime}));
  }

  void addMonitoring() {
    add("token that Prometheus asks for metrics with", {secret("scrape_token", kWatcher)},
        [key = full("secret_key"), now = request_.now]() -> Contents {
          auto secret = readSecretFile(key);
          if (!secret) return std::unexpected(secret.error());
          return one(base::signToken({.key = std::move(*secret)},
                                     {.subject = "prometheus", .scope = "ops"}, now,
                                     kScrapeTokenLifetime) +
                     "\n");
        });
    add("password of the monitoring role at the database",
        {secret("db_monitor_password", kDatabase)}, random(kPasswordBytes));
    add("the same for its exporter", {secret("postgres_exporter_password", kWatcher)},
        around("", full("db_monitor_password"), ""));
    add("password of the monitoring user at the cache", {secret("redis_monitor_password", kCache)},
        random(kPasswordBytes));
    add("the same for its exporter", {secret("redis_exporter_password", kWatcher)},
        around(R"({"redis://monitor@cache:6379": ")", full("redis_monitor_password"), "\"}"));
    add("who is told of alerts", {secret("alert_receivers.yml", kWatcher)},
        [] { return one(std::string(kAlertReceivers)); });
    add("password of Grafana's administrator", {secret("grafana_admin_password", kGrafana)},
        random(kPasswordBytes));
  }

  void addLogStore() {
    add("password of the log store's superuser", {secret("elastic_password", kLogStore)},
        random(kPasswordBytes));
    add("password that logs are shipped with", {secret("logs_writer_password", {})},
        random(kPasswordBytes));
    add("password that Grafana reads logs with", {secret("logs_reader_password", kGrafana)},
        random(kPasswordBytes));
  }

  const InitRequest& request_;
  fs::path secrets_;
  InitPlan plan_;
};

std::expected<FileOutcome, std::string> carryOut(const fs::path& directory,
                                                 const PlannedFiles& planned) {
  std::vector<std::string> there;
  for (const auto& file : planned.files) {
    if (fs::exists(directory / file.path)) there.push_back(file.path.string());
  }
  if (there.size() == planned.files.size()) return FileOutcome::Kept;
  if (!there.empty()) {
    return std::unexpected(fmt::format("{}: only {} is there: add what belongs to it, or remove it",
                                       planned.purpose, there.front()));
  }
  const auto contents = planned.make();
  if (!contents) return std::unexpected(contents.error());
  for (std::size_t i = 0; i < planned.files.size(); ++i) {
    const auto& file = planned.files[i];
    const auto written =
        writeNewFile(directory / file.path, contents->at(i).reveal(), file.mode, file.owner);
    if (!written) return std::unexpected(written.error());
  }
  return FileOutcome::Made;
}

}  // namespace

InitPlan planInit(const InitRequest& request) { return Planner(request).plan(); }

std::expected<std::vector<InitResult>, std::string> carryOut(const InitPlan& plan) {
  for (const auto& folder : plan.folders) {
    const auto made = makeNewFolder(plan.directory / folder.path, folder.mode, folder.owner);
    if (!made) return std::unexpected(made.error());
  }
  std::vector<InitResult> results;
  for (const auto& planned : plan.files) {
    const auto outcome = carryOut(plan.directory, planned);
    if (!outcome) return std::unexpected(outcome.error());
    for (const auto& file : planned.files)
      results.push_back({file.path, planned.purpose, *outcome});
  }
  return results;
}

}  // namespace slipway::ops
