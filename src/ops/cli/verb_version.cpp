#include <fmt/ostream.h>

#include <CLI/CLI.hpp>

#include "base/json.hpp"
#include "base/version.hpp"
#include "ops/cli/cli.hpp"
#include "ops/cli/exit_codes.hpp"

namespace slipway::ops {

namespace {

int printVersion(const CommandContext& context, bool asJson) {
  if (asJson) {
    const auto version = base::Json::object({{"name", "slipway"}, {"version", base::kVersion}});
    fmt::print(context.out, "{}\n", version.dump());
  } else {
    fmt::print(context.out, "slipway {}\n", base::kVersion);
  }
  return kExitOk;
}

}  // namespace

void addVersionVerb(CLI::App& app, CommandContext& context) {
  auto* verb = app.add_subcommand("version", "Print what this program is");
  const auto* json = addFlag(*verb, "--json", "For programs: name and version");
  verb->footer("Example:\n  slipway version --json");
  verb->callback([&context, json] {
    context.chosen = [&context, asJson = json->count() > 0] {
      return printVersion(context, asJson);
    };
  });
}

}  // namespace slipway::ops
