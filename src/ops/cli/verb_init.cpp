#include <fmt/ostream.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/json.hpp"
#include "base/text.hpp"
#include "ops/cli/cli.hpp"
#include "ops/cli/exit_codes.hpp"
#include "ops/init/init_plan.hpp"

namespace slipway::ops {

namespace {

struct InitOptions {
  std::string environment;
  std::string directory = ".";
  std::vector<std::string> hosts = {"localhost", "127.0.0.1"};
  bool keepOwner = false;
  bool dryRun = false;
  bool asJson = false;
};

void tell(const CommandContext& context, bool asJson, std::string_view what,
          const std::filesystem::path& path, std::string_view purpose) {
  if (asJson) {
    const auto line =
        base::Json::object({{"file", path.string()}, {"purpose", purpose}, {"outcome", what}});
    fmt::print(context.out, "{}\n", line.dump());
  } else {
    fmt::print(context.out, "{:10} {:44} {}\n", what, path.string(), purpose);
  }
}

void showPlan(const CommandContext& context, const InitPlan& plan, bool asJson) {
  for (const auto& planned : plan.files) {
    for (const auto& file : planned.files) {
      const bool there = std::filesystem::exists(plan.directory / file.path);
      tell(context, asJson, there ? "would keep" : "would make", file.path, planned.purpose);
    }
  }
}

int init(const CommandContext& context, const InitOptions& options) {
  const auto environment = findInitEnvironment(options.environment);
  if (!environment) {
    return context.fail(kExitUsage, fmt::format("init: '{}' is not staging, production or cloud",
                                                base::printable(options.environment)));
  }
  const auto plan = planInit({.environment = *environment,
                              .directory = options.directory,
                              .tlsHosts = options.hosts,
                              .now = context.clock.now(),
                              .keepOwner = options.keepOwner});
  if (options.dryRun) {
    showPlan(context, plan, options.asJson);
    return kExitOk;
  }
  if (!options.keepOwner && geteuid() != 0) {
    return context.fail(kExitFailure,
                        "init: each secret is given to the user of the container that reads it, "
                        "which takes root: run it with sudo, or with --keep-owner where the "
                        "engine maps users");
  }
  const auto results = carryOut(plan);
  if (!results) return context.fail(kExitFailure, "init: " + results.error());
  for (const auto& result : *results) {
    tell(context, options.asJson, result.outcome == FileOutcome::Made ? "made" : "kept",
         result.path, result.purpose);
  }
  return kExitOk;
}

}  // namespace

void addInitVerb(CLI::App& app, CommandContext& context) {
  auto* verb = app.add_subcommand("init", "Write settings, secrets and a certificate of a stack");
  const auto options = std::make_shared<InitOptions>();
  verb->add_option("environment", options->environment, "staging, production or cloud")->required();
  verb->add_option("--directory", options->directory, "Where the Compose files are")
      ->capture_default_str();
  verb->add_option("--host", options->hosts, "A name or address of the proxy, for its certificate")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->capture_default_str();
  const auto* keepOwner = addFlag(*verb, "--keep-owner", "Leave all files to the user who runs it");
  const auto* dryRun = addFlag(*verb, "--dry-run", "Show what there is to do; change nothing");
  const auto* json = addFlag(*verb, "--json", "For programs: one object a file");
  verb->footer(
      "Writes .env.<environment> and ./secrets/<environment>: random passwords and keys that only\n"
      "the container that needs one can read, and self-signed certificates. What is there stays "
      "as\n"
      "it is: nothing is ever overwritten, and running it again is safe.\n\n"
      "Examples:\n"
      "  slipway init production --host users.example.com\n"
      "  slipway init staging --dry-run\n\n"
      "Exit codes: 0 done, 1 a file could not be written, 64 wrong usage.");
  verb->callback([&context, options, keepOwner, dryRun, json] {
    options->keepOwner = keepOwner->count() > 0;
    options->dryRun = dryRun->count() > 0;
    options->asJson = json->count() > 0;
    context.chosen = [&context, options] { return init(context, *options); };
  });
}

}  // namespace slipway::ops
