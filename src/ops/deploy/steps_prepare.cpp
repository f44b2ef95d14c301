// Services, proxy, backup, migrations.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ops/cli/exit_codes.hpp"
#include "ops/deploy/colours.hpp"
#include "ops/deploy/proxy_hosts.hpp"
#include "ops/deploy/proxy_switch.hpp"
#include "ops/deploy/run.hpp"
#include "ops/deploy/steps.hpp"
#include "ops/json_members.hpp"

namespace slipway::ops {

namespace {

constexpr std::chrono::seconds kServicesLimit{180};
// A migration itself gives up after 10 s of waiting for a lock; what it does may take long.
constexpr std::chrono::minutes kMigrateLimit{60};

ComposeCall migrateCall(const Operation& operation, bool all) {
  ComposeCall call{.arguments = {"run", "--rm", "--no-deps", "-T", "migrate", "migrate", "--json"},
                   .variables = {{"VERSION", operation.to.version}},
                   .timeout = kMigrateLimit};
  if (!all && operation.from && !operation.from->program.empty()) {
    call.arguments.insert(call.arguments.end(), {"--running", operation.from->program});
  }
  return call;
}

std::vector<std::string> names(const base::Json& json, std::string_view key) {
  std::vector<std::string> found;
  for (const auto& each : arrayIn(json, key)) {
    if (each.isString()) found.push_back(each.asString());
  }
  return found;
}

struct Migrated {
  std::vector<std::string> applied;
  std::vector<std::string> waiting;
};

Result<Migrated> migrate(Run& run, bool all) {
  const auto output = run.compose.run(migrateCall(run.operation, all));
  if (!output) return std::unexpected(output.error());
  const auto json = base::readJson(*output);
  if (!json) return std::unexpected("slipwayd migrate: its answer is no JSON");
  return Migrated{names(*json, "applied"), names(*json, "waiting")};
}

std::string describe(const Migrated& migrated) {
  auto text = migrated.applied.empty()
                  ? std::string("nothing to do")
                  : fmt::format("applied {}", fmt::join(migrated.applied, ", "));
  if (!migrated.waiting.empty()) {
    text +=
        fmt::format("; for when the old version is gone: {}", fmt::join(migrated.waiting, ", "));
  }
  return text;
}

Result<std::string> runServices(Run& run) {
  const auto up = run.compose.run({.arguments = {"up", "--detach", "--no-deps", "--no-recreate",
                                                 "--wait", "db", "cache", "proxy"},
                                   .timeout = kServicesLimit});
  if (!up) return std::unexpected(up.error());
  return "db, cache and proxy are healthy";
}

}  // namespace

Step servicesStep() {
  return {.name = "services",
          .does =
              "bring up what does not run: docker compose up --detach --no-deps "
              "--no-recreate --wait db cache proxy",
          .exitCode = kExitServices,
          .run = runServices};
}

Step proxyStep(const Operation& operation) {
  const auto colour = operation.fromColour;
  return {.name = "proxy",
          .does = fmt::format("tell the proxy to send requests to {} alone", serviceOf(colour)),
          .exitCode = kExitSwitch,
          .run = [colour](Run& run) -> Result<std::string> {
            const auto found = run.look();
            if (!found) return std::unexpected(found.error());
            if (!found->hosts.empty()) return "it does already";
            const auto told = sendRequestsTo(run, hostsOf(colour));
            if (!told) return std::unexpected(told.error());
            return "";
          }};
}

Step backupStep() {
  return {.name = "backup",
          .does = "back up the database: slipway backup create",
          .exitCode = kExitBackup,
          .run = [](Run& run) { return run.others.backUp(run.stack); }};
}

Step migrateStep(const Operation& operation) {
  const auto running = operation.from ? operation.from->program : std::string();
  return {.name = "migrate",
          .does = fmt::format(
              "bring the schema up to date{}: docker compose {}",
              running.empty() ? "" : fmt::format(", as far as {} can do with it", running),
              fmt::join(migrateCall(operation, false).arguments, " ")),
          .exitCode = kExitMigrate,
          .run = [](Run& run) -> Result<std::string> {
            const auto migrated = migrate(run, false);
            if (!migrated) return std::unexpected(migrated.error());
            run.operation.waiting = migrated->waiting;
            return describe(*migrated);
          }};
}

Step contractStep(const Operation& operation) {
  return {.name = "contract",
          .does = fmt::format("apply migrations that had to wait: docker compose {}",
                              fmt::join(migrateCall(operation, true).arguments, " ")),
          .exitCode = kExitFinish,
          .run = [](Run& run) -> Result<std::string> {
            const auto migrated = migrate(run, true);
            if (!migrated) return std::unexpected(migrated.error());
            run.operation.waiting.clear();
            return describe(*migrated);
          },
          .isTidying = true};
}

}  // namespace slipway::ops
