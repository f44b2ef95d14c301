#include <fmt/ostream.h>

#include <memory>

#include "base/json.hpp"
#include "base/release_version.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "service/cli.hpp"
#include "service/databases.hpp"
#include "service/exit_codes.hpp"

namespace slipway::service {

namespace {

using base::Json;
using platform::Migration;

struct MigrateOptions {
  std::string running;
  CLI::Option* plan = nullptr;
  CLI::Option* json = nullptr;
};

struct Migrated {
  std::vector<std::string> applied;
  std::vector<Migration> waiting;
};

Json namesOf(const std::vector<Migration>& migrations) {
  auto names = Json::array();
  for (const auto& migration : migrations) names.push(migration.name);
  return names;
}

Json describe(const Migration& migration) {
  return Json::object({{"name", migration.name},
                       {"oldest_service", migration.oldestService},
                       {"phase", migration.isContract ? "contract" : "expand"}});
}

void showPlan(std::ostream& out, const platform::SchemaState& state, bool asJson) {
  if (asJson) {
    auto pending = Json::array();
    for (const auto& migration : state.pending) pending.push(describe(migration));
    const auto oldest = state.oldestService.empty() ? Json() : Json(state.oldestService);
    fmt::print(out, "{}\n",
               Json::object({{"pending", std::move(pending)}, {"oldest_service", oldest}}).dump());
    return;
  }
  for (const auto& migration : state.pending) {
    fmt::print(out, "would apply {} (then {} or newer runs{})\n", migration.name,
               migration.oldestService, migration.isContract ? "; can wait" : "");
  }
  if (state.pending.empty()) fmt::print(out, "The schema is up to date.\n");
}

void report(std::ostream& out, const MigrateOptions& options, const Migrated& migrated) {
  if (isGiven(options.json)) {
    auto names = Json::array();
    for (const auto& name : migrated.applied) names.push(name);
    auto json = Json::object({{"applied", std::move(names)}});
    if (!options.running.empty()) json.set("waiting", namesOf(migrated.waiting));
    fmt::print(out, "{}\n", json.dump());
    return;
  }
  for (const auto& name : migrated.applied) fmt::print(out, "applied {}\n", name);
  for (const auto& migration : migrated.waiting) {
    fmt::print(out, "{} waits until {} is gone\n", migration.name, options.running);
  }
  if (!migrated.applied.empty()) return;
  fmt::print(out, "{}\n",
             migrated.waiting.empty() ? "The schema is up to date." : "Nothing to do.");
}

/// What the running version can't do with is left; throws when that can't be left.
Migrated migrateBeside(platform::SqlEngine& engine, std::string_view running, base::Timestamp now) {
  auto pending = engine.schema(base::kVersion).pending;
  const auto applicable = platform::applicableBeside(pending, running);
  if (!applicable) throw std::runtime_error(applicable.error());
  const auto count = static_cast<std::ptrdiff_t>(applicable->size());
  std::vector<Migration> waiting(pending.begin() + count, pending.end());
  if (applicable->empty()) return {{}, std::move(waiting)};
  return {engine.migrateUpTo(applicable->back().number, base::kVersion, now), std::move(waiting)};
}

int migrate(const CommandContext& context, const MigrateOptions& options) {
  const auto& running = options.running;
  if (!running.empty() && !base::parseReleaseVersion(running)) {
    return context.fail(kExitUsage, fmt::format("--running: '{}' is not a version such as 1.2.0",
                                                base::printable(running)));
  }
  const auto settings = context.settings();
  if (!settings) return kExitConfiguration;
  try {
    const auto engine = openEngine(*settings, {}, nullptr);
    const auto now = context.clock.now();
    if (isGiven(options.plan)) {
      showPlan(context.out, engine->schema(base::kVersion), isGiven(options.json));
    } else if (running.empty()) {
      report(context.out, options, {engine->migrate(base::kVersion, now), {}});
    } else {
      report(context.out, options, migrateBeside(*engine, running, now));
    }
  } catch (const std::runtime_error& error) {
    return context.fail(kExitUnavailable, error.what());
  }
  return kExitOk;
}

}  // namespace

void addMigrateVerb(CLI::App& app, CommandContext& context) {
  auto& verb =
      addVerb(app, "migrate", "Bring the database's schema up to date",
              "May run while the service serves, and several at once: one does the work. Uses\n"
              "MIGRATION_DATABASE_URL where it is set, otherwise DATABASE_URL.\n\n"
              "Examples:\n"
              "  DATABASE_URL=sqlite:////var/lib/slipway/users.db slipwayd migrate\n"
              "  slipwayd migrate --plan --json\n"
              "  slipwayd migrate --running 1.1.0\n\n"
              "Exit codes: 0 done or nothing to do, 69 the database can't be used or a migration\n"
              "would break what runs, 78 wrong configuration.");
  const auto options = std::make_shared<MigrateOptions>();
  addOption(verb, "--running", options->running,
            "Leave what would break services of this version; refuse if it can't wait");
  options->plan = addFlag(verb, "--plan", "Show what is missing; change nothing");
  options->json = addFlag(verb, "--json", "For programs: {\"applied\": [...]}, {\"pending\": ...}");
  runsAs(verb, context, [&context, options] { return migrate(context, *options); });
}

}  // namespace slipway::service
