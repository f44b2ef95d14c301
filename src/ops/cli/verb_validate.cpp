#include <fmt/ostream.h>

#include <memory>

#include "base/text.hpp"
#include "ops/cli/cli.hpp"
#include "ops/cli/exit_codes.hpp"
#include "ops/deploy/waiting_clock.hpp"
#include "ops/files/secret_file.hpp"
#include "ops/http/tls.hpp"
#include "ops/validate/validate.hpp"

namespace slipway::ops {

namespace {

struct ValidateOptions {
  std::string url = "http://localhost:8000";
  std::string tokenFile;
  std::string authorities;
  std::string serverName;
  double requests = 100;
  double clients = 4;
  double rate = 0;
  double limitSeconds = 60;
  double meanLimit = 200;
  double p99Limit = 0;
  double errorLimit = 1;
  double certificateDays = 14;
  double timeoutSeconds = 10;
  CLI::Option* insecure = nullptr;
  CLI::Option* json = nullptr;
};

std::chrono::seconds secondsOf(double number) {
  return std::chrono::seconds(static_cast<int>(number));
}

Result<std::shared_ptr<const net::ClientSecurity>> securityOf(const ValidateOptions& options) {
  TlsOptions tls{.serverName = options.serverName};
  if (isGiven(options.insecure)) tls.trust = TlsOptions::Trust::Anything;
  if (!options.authorities.empty()) {
    tls.trust = TlsOptions::Trust::File;
    tls.authorities = options.authorities;
  }
  return makeTls(std::move(tls));
}

Result<ValidationRequest> requestOf(const ValidateOptions& options) {
  ValidationRequest request{
      .access = {.place = {}, .timeout = secondsOf(options.timeoutSeconds)},
      .load = {.requests = static_cast<std::size_t>(options.requests),
               .clients = static_cast<std::size_t>(options.clients),
               .ratePerSecond = options.rate,
               .limit = secondsOf(options.limitSeconds)},
      .thresholds = {.mean = LoadFigures::Milliseconds(options.meanLimit),
                     .p99 = LoadFigures::Milliseconds(options.p99Limit),
                     .errorPercent = options.errorLimit},
      .certificateDays = std::chrono::days(static_cast<int>(options.certificateDays))};
  auto place = placeOf(options.url);
  if (!place) return std::unexpected(place.error());
  request.access.place = std::move(*place);
  if (request.access.place.overTls) {
    auto security = securityOf(options);
    if (!security) return std::unexpected(security.error());
    request.access.place.security = std::move(*security);
  }
  if (!options.tokenFile.empty()) {
    auto token = readSecretFile(options.tokenFile);
    if (!token) return std::unexpected("--token-file: " + token.error());
    request.access.token = std::move(*token);
  }
  return request;
}

int runValidation(const CommandContext& context, const ValidateOptions& options) {
  auto request = requestOf(options);
  if (!request) return context.fail(kExitUsage, "validate: " + request.error());
  const SystemWaitingClock clock;
  request->access.stopped = [&clock] { return clock.interrupted(); };
  const auto report = validate(*request);
  if (isGiven(options.json)) {
    fmt::print(context.out, "{}\n", asJson(report).dump());
  } else {
    fmt::print(context.out, "{}", asText(report));
  }
  if (report.interrupted) return context.fail(kExitInterrupted, "validate: interrupted");
  if (report.passed()) return kExitOk;
  return context.fail(kExitFailure,
                      fmt::format("validate: {}: {}", report.target, report.counts()));
}

}  // namespace

void addValidateVerb(CLI::App& app, CommandContext& context) {
  const auto options = std::make_shared<ValidateOptions>();
  auto& verb = addVerb(
      app, "validate", "Check a running deployment by what it answers",
      "Safe on a live system: it makes one user with a name of its own and deletes it again, also\n"
      "when a check fails or it is interrupted. Where the proxy limits requests (429), it waits "
      "and\n"
      "asks again: that is no error, the load is then as fast as the proxy allows. /metrics is "
      "for\n"
      "internal addresses: elsewhere these checks are skipped, and say so.\n\n"
      "Examples:\n"
      "  slipway validate http://localhost:8000\n"
      "  slipway validate https://users.example.com --token-file token --requests 500\n\n"
      "Exit codes: 0 all is well (skipped checks are named), 1 a check failed, 31 interrupted,\n"
      "64 wrong usage.");
  addOption(verb, "base-url", options->url, "Of the service or its proxy");
  addOption(verb, "--token-file", options->tokenFile,
            "A token with users:read, users:write and ops");
  addNumber(verb, "--requests", options->requests, "Of the load; 0: none", 0, 1e6);
  addNumber(verb, "--concurrency", options->clients, "Clients of the load", 1, 500);
  addNumber(verb, "--rate", options->rate, "Requests a second; 0: as fast as they are answered", 0,
            1e6);
  addNumber(verb, "--load-seconds", options->limitSeconds, "Limit of the load", 1, 3600);
  addNumber(verb, "--max-mean-ms", options->meanLimit, "Fail from this mean on", 0.001, 1e6);
  addNumber(verb, "--max-p99-ms", options->p99Limit, "Fail from this p99 on; 0: any is good", 0,
            1e6);
  addNumber(verb, "--max-error-percent", options->errorLimit, "Fail from this share on", 0, 100);
  addNumber(verb, "--min-certificate-days", options->certificateDays,
            "That the certificate must be good for", 0, 10'000);
  addNumber(verb, "--timeout", options->timeoutSeconds, "Seconds for one request", 1, 600);
  addOption(verb, "--ca-file", options->authorities, "Trust these authorities (PEM) alone");
  addOption(verb, "--server-name", options->serverName,
            "The name in the certificate, if not the URL's host");
  options->insecure = addFlag(verb, "--insecure", "Do not look at the certificate");
  options->json = addFlag(verb, "--json", "For programs: one object");
  runsAs(verb, context, [&context, options] { return runValidation(context, *options); });
}

}  // namespace slipway::ops
