#include <fmt/ostream.h>

#include <CLI/CLI.hpp>

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
  auto* verb = app.add_subcommand("version", "Print what this program is");
  const auto* json = addFlag(*verb, "--json", "For programs: name, version, compiler");
  verb->footer("Example:\n  slipwayd version --json");
  verb->callback([&context, json] {
    context.chosen = [&context, asJson = json->count() > 0] {
      return printVersion(context, asJson);
    };
  });
}

}  // namespace slipway::service
