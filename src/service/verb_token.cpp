#include <fmt/ostream.h>

#include <algorithm>
#include <memory>

#include "base/text.hpp"
#include "platform/token.hpp"
#include "service/cli.hpp"
#include "service/exit_codes.hpp"

namespace slipway::service {

namespace {

struct TokenOptions {
  std::string scope;
  std::string ttl = "1h";
  std::string subject = "slipwayd";
};

/// Error: the first name that is no scope.
std::optional<std::string> unknownScope(std::string_view scope) {
  for (const auto item : base::splitList(scope, ' ')) {
    if (item != "users:read" && item != "users:write" && item != "ops") return std::string(item);
  }
  return std::nullopt;
}

/// Of the environment only what tokens are made of: what else is wrong does not matter here.
Environment signingSettings(const Environment& environment) {
  Environment some{{"AUTH", "bearer"}};  // so that a missing or weak key is a problem
  for (const auto* const name : {"SECRET_KEY", "SECRET_KEY_FILE", "JWT_ISSUER", "JWT_AUDIENCE"}) {
    if (const auto entry = environment.find(name); entry != environment.end()) some.insert(*entry);
  }
  return some;
}

int printToken(const CommandContext& context, const TokenOptions& options) {
  const auto lifetime = base::parseDuration(options.ttl);
  if (!lifetime || lifetime->count() == 0) {
    return context.fail(kExitUsage, fmt::format("--ttl: '{}' is not a duration such as 30m, 1h, 7d",
                                                base::printable(options.ttl)));
  }
  if (base::trim(options.scope).empty()) {
    return context.fail(kExitUsage, "--scope: it is empty: name users:read, users:write or ops");
  }
  if (const auto unknown = unknownScope(options.scope)) {
    return context.fail(kExitUsage,
                        fmt::format("--scope: '{}' is not users:read, users:write or ops",
                                    base::printable(*unknown)));
  }
  const auto settings = loadSettings(signingSettings(context.environment));
  if (!settings) return context.fail(kExitConfiguration, settings.error().front());
  const auto token = platform::signToken({.key = settings->secretKey,
                                          .issuer = settings->jwtIssuer,
                                          .audience = settings->jwtAudience},
                                         {.subject = options.subject, .scope = options.scope},
                                         context.clock.now(), *lifetime);
  fmt::print(context.out, "{}\n", token);
  return kExitOk;
}

}  // namespace

void addTokenVerb(CLI::App& app, CommandContext& context) {
  auto& verb =
      addVerb(app, "token", "Make an access token, signed with SECRET_KEY",
              "Prints the token and nothing else.\n\n"
              "Examples:\n"
              "  slipwayd token --scope \"users:read users:write\" --ttl 1h\n"
              "  curl -H \"Authorization: Bearer $(slipwayd token --scope users:read)\" "
              "localhost:8000/users\n\n"
              "Exit codes: 0 done, 64 wrong usage, 78 SECRET_KEY is missing or too short.");
  const auto options = std::make_shared<TokenOptions>();
  addOption(verb, "--scope", options->scope,
            "What it allows, between spaces: users:read, users:write, ops", true);
  addOption(verb, "--ttl", options->ttl, "How long it is valid: 30m, 1h, 7d");
  addOption(verb, "--subject", options->subject, "Whom it is for");
  runsAs(verb, context, [&context, options] { return printToken(context, *options); });
}

}  // namespace slipway::service
