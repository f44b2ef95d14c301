#include <fmt/ostream.h>

#include "base/json.hpp"
#include "base/version.hpp"
#include "service/cli.hpp"
#include "service/exit_codes.hpp"

namespace slipway::service {

namespace {

int printVersion(const CommandContext& context, bool asJson) {
  if (asJson) {
    const auto version = base::Json::object(
        {{"name", "slipwayd"}, {"version", base::kVersion}, {"compiler", base::kCompiler}});
    fmt::print(context.out, "{}\n", version.dump());
  } else {
    fmt::print(context.out, "slipwayd {}\n", base::kVersion);
  }
  return kExitOk;
}

}  // namespace

void addVersionVerb(CLI::App& app, CommandContext& context) {
  auto& verb =
      addVerb(app, "version", "Print what this program is", "Example:\n  slipwayd version --json");
  const auto* json = addFlag(verb, "--json", "For programs: name, version, compiler");
  runsAs(verb, context, [&context, json] { return printVersion(context, isGiven(json)); });
}

}  // namespace slipway::service
