#include <fmt/ostream.h>

#include "base/json.hpp"
#include "base/version.hpp"
#include "service/cli.hpp"
#include "service/databases.hpp"
#include "service/exit_codes.hpp"

namespace slipway::service {

namespace {

void report(std::ostream& out, const std::vector<std::string>& applied, bool asJson) {
  if (asJson) {
    auto names = base::Json::array();
    for (const auto& name : applied) names.push(name);
    fmt::print(out, "{}\n", base::Json::object({{"applied", std::move(names)}}).dump());
    return;
  }
  for (const auto& name : applied) fmt::print(out, "applied {}\n", name);
  if (applied.empty()) fmt::print(out, "The schema is up to date.\n");
}

int migrate(const CommandContext& context, bool asJson) {
  const auto settings = context.settings();
  if (!settings) return kExitConfiguration;
  try {
    const auto engine = openEngine(*settings, {}, nullptr);
    report(context.out, engine->migrate(base::kVersion, context.clock.now()), asJson);
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
              "Example:\n"
              "  DATABASE_URL=sqlite:////var/lib/slipway/users.db slipwayd migrate\n\n"
              "Exit codes: 0 done or nothing to do, 69 the database can't be used, 78 wrong "
              "configuration.");
  const auto* json = addFlag(verb, "--json", "For programs: {\"applied\": [...]}");
  runsAs(verb, context, [&context, json] { return migrate(context, isGiven(json)); });
}

}  // namespace slipway::service
