#include "ops/backup/scratch_stack.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <thread>
#include <utility>

#include "base/text.hpp"

namespace slipway::ops {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kCallLimit{60};
constexpr std::chrono::seconds kStartLimit{120};
constexpr std::chrono::milliseconds kLookEvery{250};

std::string labelOf(const std::string& project) { return "slipway.scratch=" + project; }

Result<std::string> docker(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "docker");
  return outputOf({.arguments = std::move(arguments), .timeout = kCallLimit});
}

/// What every container here gets: no rights, no network unless named, gone with its data.
std::vector<std::string> optionsOf(const std::string& project, const std::string& network,
                                   const std::string& user) {
  return {"run",
          "--detach",
          "--label",
          labelOf(project),
          "--network",
          network,
          "--user",
          user,
          "--cap-drop",
          "ALL",
          "--security-opt",
          "no-new-privileges",
          "--pids-limit",
          "128",
          "--read-only",
          "--tmpfs",
          "/tmp:mode=1777,size=64m",
          "--memory",
          "1g"};
}

Result<std::string> runContainer(std::vector<std::string> options, std::vector<std::string> more) {
  std::ranges::move(more, std::back_inserter(options));
  auto id = docker(std::move(options));
  if (!id) return id;
  return std::string(base::trim(*id));
}

void removeContainer(const std::string& id) {
  if (!id.empty()) static_cast<void>(docker({"rm", "--force", "--volumes", id}));
}

/// Until `isDone` gives something; nothing when the time is up.
Result<std::string> waitUntil(const std::function<bool()>& stopped,
                              const std::function<std::optional<Result<std::string>>()>& isDone) {
  const auto end = Clock::now() + kStartLimit;
  while (Clock::now() < end) {
    if (stopped()) return std::unexpected("interrupted");
    if (auto done = isDone()) return *done;
    std::this_thread::sleep_for(kLookEvery);
  }
  return std::unexpected(fmt::format("it is not ready after {} s", kStartLimit.count()));
}

Result<std::string> stateOf(const std::string& id) {
  auto state = docker({"container", "inspect", "--format", "{{.State.Status}}", id});
  if (!state) return state;
  return std::string(base::trim(*state));
}

std::string endOfLog(const std::string& id) {
  constexpr std::size_t kMost = 500;
  auto log = docker({"logs", "--tail", "2", id}).value_or("");
  if (log.size() > kMost) log.erase(0, log.size() - kMost);
  return base::printable(base::trim(log), kMost);
}

/// Why it does not run any more; nothing while it does.
std::optional<Result<std::string>> hasDied(const std::string& id) {
  const auto state = stateOf(id);
  if (state && *state == "running") return std::nullopt;
  return std::unexpected("it has ended");
}

}  // namespace

ScratchStack::ScratchStack(ScratchStack&& other) noexcept
    : database_(std::move(other.database_)), service_(std::exchange(other.service_, {})) {}

ScratchStack::~ScratchStack() {
  removeContainer(service_);
  removeContainer(database_.id());
}

Result<ScratchStack> ScratchStack::start(const BackupSettings& settings) {
  auto id = runContainer(
      optionsOf(settings.project, "none", "999:999"),
      {"--tmpfs", "/run/postgresql:uid=999,gid=999,mode=0775,size=1m", "--shm-size", "128m",
       "--volume", "/var/lib/postgresql/data", "--env", "POSTGRES_HOST_AUTH_METHOD=trust", "--env",
       "POSTGRES_INITDB_ARGS=--auth-host=trust", settings.databaseImage, "postgres", "-c",
       "listen_addresses=127.0.0.1", "-c", "fsync=off"});
  if (!id) return std::unexpected(id.error());
  ScratchStack scratch(DatabaseContainer(*id, settings.limit, settings.stopped));
  const auto ready = waitUntil(settings.stopped, [&]() -> std::optional<Result<std::string>> {
    if (auto died = hasDied(*id)) return died;
    // Over TCP: while the cluster is being made, a server answers at the socket alone.
    if (docker({"exec", *id, "pg_isready", "--quiet", "--host=127.0.0.1"})) return "";
    return std::nullopt;
  });
  if (!ready) return std::unexpected("the scratch database: " + ready.error());
  const auto made = scratch.database_.makeRoles({"slipway_owner", "slipway_app"});
  if (!made) return std::unexpected(made.error());
  return scratch;
}

Result<> ScratchStack::startService(const BackupSettings& settings) {
  const auto url = [&](std::string_view variable, std::string_view role) {
    return fmt::format("{}=postgresql://{}@127.0.0.1/{}?sslmode=disable", variable, role,
                       settings.database);
  };
  auto id = runContainer(
      optionsOf(settings.project, "container:" + database_.id(), "1001:1001"),
      {"--env", url("DATABASE_URL", "slipway_app"), "--env",
       url("MIGRATION_DATABASE_URL", "slipway_owner"), "--env", "ENVIRONMENT=development", "--env",
       "AUTH=off", "--env", "HOST=127.0.0.1", settings.serviceImage});
  if (!id) return std::unexpected(id.error());
  service_ = *id;
  return {};
}

Result<std::string> ScratchStack::waitForService(const BackupSettings& settings) const {
  auto ready = waitUntil(settings.stopped, [&]() -> std::optional<Result<std::string>> {
    if (auto died = hasDied(service_)) return died;
    auto health = docker({"exec", service_, "slipwayd", "healthcheck"});
    if (health) return fmt::format("{} says: {}", settings.serviceImage, base::trim(*health));
    return std::nullopt;
  });
  if (ready || settings.stopped()) return ready;
  return std::unexpected(fmt::format("{}; its log ends: {}", ready.error(), endOfLog(service_)));
}

void removeScratchStacks(const std::string& project) {
  const auto ids = docker({"container", "ls", "--all", "--quiet", "--no-trunc", "--filter",
                           "label=" + labelOf(project)});
  if (!ids) return;
  for (const auto id : base::splitList(*ids, '\n')) removeContainer(std::string(id));
}

}  // namespace slipway::ops
