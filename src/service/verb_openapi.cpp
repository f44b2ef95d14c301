#include <fmt/ostream.h>

#include "docs/openapi.hpp"
#include "service/cli.hpp"
#include "service/endpoints.hpp"
#include "service/exit_codes.hpp"

namespace slipway::service {

namespace {

/// Of the settings only the one that the document depends on.
Environment rulesOnly(const Environment& environment) {
  Environment some;
  if (const auto entry = environment.find("USER_RULES"); entry != environment.end()) {
    some.insert(*entry);
  }
  return some;
}

int printDocument(const CommandContext& context) {
  const auto settings = loadSettings(rulesOnly(context.environment));
  if (!settings) return context.fail(kExitConfiguration, settings.error().front());
  fmt::print(context.out, "{}\n",
             docs::openApiDocument(declaredEndpoints(settings->userRules)).dump());
  return kExitOk;
}

}  // namespace

void addOpenApiVerb(CLI::App& app, CommandContext& context) {
  auto& verb = addVerb(app, "openapi", "Print the OpenAPI document",
                       "The same document as /openapi.json; it depends on USER_RULES.\n\n"
                       "Example:\n"
                       "  slipwayd openapi > openapi.json\n\n"
                       "Exit codes: 0 done, 78 USER_RULES is wrong.");
  runsAs(verb, context, [&context] { return printDocument(context); });
}

}  // namespace slipway::service
