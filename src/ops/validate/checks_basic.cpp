// Access, health, TLS.
#include "ops/json_members.hpp"
#include "ops/validate/answers.hpp"
#include "ops/validate/checks.hpp"

namespace slipway::ops {

namespace {

constexpr std::string_view kHowToMakeAToken =
    "make one with `slipwayd token --scope \"users:read users:write ops\" --ttl 15m` (in the "
    "stack: docker compose exec api-blue slipwayd token ...) and give its file with --token-file";

Check refusal(bool hasToken, const net::ClientResponse& answer) {
  if (answer.status == 401 && !hasToken) {
    return failed("access", fmt::format("the service asks for a token: {}", kHowToMakeAToken));
  }
  return failed("access", fmt::format("the token is not taken ({}: {}): {}", answer.status,
                                      detailOf(answer), kHowToMakeAToken));
}

/// Without a token: 401 that says how to come in.
net::Task<Check> checkLockedDoor(ServiceClient& client) {
  Question question{.path = "/users?limit=1", .withToken = false};
  const auto answer = co_await client.ask(std::move(question));
  if (isOneOf(answer, 200)) {
    co_return failed("access",
                     "users can be read without a token, though there is one: is AUTH off?");
  }
  Findings findings;
  findings.require(isOneOf(answer, 401), told("without a token", answer));
  const auto* const how = answer ? answer->header("www-authenticate") : nullptr;
  findings.require(how != nullptr && how->starts_with("Bearer"),
                   "the 401 has no WWW-Authenticate: Bearer");
  co_return findings.check("access", "the token is taken, nobody comes in without");
}

}  // namespace

net::Task<AccessFound> checkAccess(ServiceClient& client) {
  Question question{.path = "/users?limit=1"};
  const auto answer = co_await client.ask(std::move(question));
  AccessFound found;
  if (isOneOf(answer, 200) && !client.hasToken()) {
    found.access = Access::Open;
    found.check = {"access", Check::Outcome::Passed, "open to everybody (AUTH=off)"};
  } else if (isOneOf(answer, 200)) {
    found.access = Access::Granted;
    found.check = co_await checkLockedDoor(client);
  } else if (answer && (answer->status == 401 || answer->status == 403)) {
    found.access = Access::Refused;
    found.check = refusal(client.hasToken(), *answer);
  } else {
    found.check = failed("access", told("GET /users", answer));
  }
  co_return found;
}

net::Task<Check> checkHealth(ServiceClient& client) {
  Question question{.path = "/health", .withToken = false};
  const auto answer = co_await client.ask(std::move(question));
  Findings findings;
  if (answer && answer->status == 308) {
    const auto* const to = answer->header("location");
    co_return failed("health", fmt::format("it sends on to {}: validate that",
                                           to != nullptr ? *to : std::string("https")));
  }
  if (!findings.require(isOneOf(answer, 200), told("GET /health", answer))) {
    co_return findings.check("health", "");
  }
  const auto json = jsonOf(*answer);
  for (const auto* const part : {"status", "database", "cache"}) {
    const auto value = textIn(json, part);
    findings.require(value == "healthy", fmt::format("{} is '{}', not 'healthy'", part, value));
  }
  co_return findings.check("health", fmt::format("healthy, version {}", textIn(json, "version")));
}

net::Task<Check> checkReady(ServiceClient& client) {
  Question question{.path = "/health/ready", .withToken = false};
  const auto answer = co_await client.ask(std::move(question));
  Findings findings;
  findings.require(isOneOf(answer, 200), told("GET /health/ready", answer));
  co_return findings.check("ready", "takes requests");
}

net::Task<Check> checkTls(ServiceClient& client, bool overTls, std::chrono::days atLeast) {
  if (!overTls) co_return skipped("tls", "asked over plain HTTP");
  Question question{.path = "/health/live", .withToken = false};
  const auto answer = co_await client.ask(std::move(question));
  if (!answer || !answer->tls) co_return failed("tls", told("GET /health/live", answer));
  const auto& tls = *answer->tls;
  const auto left =
      std::chrono::floor<std::chrono::days>(tls.notAfter - std::chrono::system_clock::now());
  Findings findings;
  findings.require(tls.version == "TLSv1.2" || tls.version == "TLSv1.3",
                   fmt::format("it speaks {}", tls.version));
  findings.require(
      left >= atLeast,
      left.count() < 0
          ? fmt::format("the certificate ran out {} days ago: renew it", -left.count())
          : fmt::format("the certificate runs out in {} days: renew it", left.count()));
  co_return findings.check(
      "tls", fmt::format("{}, the certificate is good for {} days", tls.version, left.count()));
}

}  // namespace slipway::ops
