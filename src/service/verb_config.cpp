#include <fmt/ostream.h>

#include <algorithm>

#include "base/json.hpp"
#include "service/cli.hpp"
#include "service/exit_codes.hpp"
#include "service/settings_markdown.hpp"

namespace slipway::service {

namespace {

void printText(std::ostream& out, const std::vector<EffectiveSetting>& settings) {
  std::size_t width = 0;
  for (const auto& setting : settings) width = std::max(width, setting.name.size());
  for (const auto& setting : settings) {
    const auto note = setting.source == "default" ? "" : fmt::format("  ({})", setting.source);
    fmt::print(out, "{:<{}}  {}{}\n", setting.name, width,
               setting.value.empty() ? "-" : setting.value, note);
  }
}

void printJson(std::ostream& out, const std::vector<EffectiveSetting>& settings) {
  auto all = base::Json::object();
  for (const auto& setting : settings) {
    all.set(setting.name,
            base::Json::object({{"value", setting.value}, {"source", setting.source}}));
  }
  fmt::print(out, "{}\n", all.dump());
}

int printConfig(const CommandContext& context, bool asJson) {
  const auto settings = context.settings();
  if (!settings) return kExitConfiguration;
  if (asJson) {
    printJson(context.out, settings->effective);
  } else {
    printText(context.out, settings->effective);
  }
  return kExitOk;
}

}  // namespace

void addConfigVerb(CLI::App& app, CommandContext& context) {
  auto& verb = addVerb(
      app, "config", "Print the configuration in force, secrets masked",
      "Examples:\n"
      "  slipwayd config\n"
      "  PORT=9000 slipwayd config --json\n\n"
      "Exit codes: 0 when the configuration is good, 78 when it is not (problems on stderr).");
  auto* json = addFlag(verb, "--json", "For programs: {\"PORT\": {\"value\", \"source\"}, ...}");
  auto* markdown =
      addFlag(verb, "--markdown", "Print docs/configuration.md: every variable and its meaning");
  exclude(markdown, json);
  runsAs(verb, context, [&context, json, markdown] {
    if (!isGiven(markdown)) return printConfig(context, isGiven(json));
    fmt::print(context.out, "{}", settingsMarkdown());
    return kExitOk;
  });
}

}  // namespace slipway::service
