// What every answer has: headers, request ids, the shapes of errors.
#include <algorithm>
#include <array>

#include "ops/init/random_secret.hpp"
#include "ops/json_members.hpp"
#include "ops/validate/answers.hpp"
#include "ops/validate/checks.hpp"

namespace slipway::ops {

namespace {

using base::Json;

constexpr std::array<std::string_view, 2> kAnyAnswers{"/health", "/no-such-path"};

std::string valueOf(const net::ClientResponse& answer, std::string_view name) {
  const auto* const value = answer.header(name);
  return value != nullptr ? *value : std::string();
}

void requireSecurityHeaders(Findings& findings, const net::ClientResponse& answer,
                            std::string_view where, bool overTls) {
  const auto require = [&](std::string_view name, std::string_view wanted) {
    const auto value = valueOf(answer, name);
    const bool good = wanted.empty() ? !value.empty() : value == wanted;
    findings.require(good, fmt::format("{}: {} is '{}'", where, name, value));
  };
  require("X-Content-Type-Options", "nosniff");
  require("X-Frame-Options", "DENY");
  require("Referrer-Policy", "");
  if (overTls) require("Strict-Transport-Security", "");
}

bool isVisibleAscii(std::string_view text) {
  return !text.empty() && text.size() <= 128 &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

/// `detail` of a 422: each error with type, loc, msg.
bool isListOfErrors(const Json& detail) {
  return detail.isArray() && !detail.asArray().empty() &&
         std::ranges::all_of(detail.asArray(), [](const Json& error) {
           const auto* const loc = error.find("loc");
           return !textIn(error, "type").empty() && !textIn(error, "msg").empty() &&
                  loc != nullptr && loc->isArray();
         });
}

struct ExpectedError {
  Question question;
  unsigned status = 0;
  std::string_view detail;  // empty: a list of errors
};

void judge(Findings& findings, const ExpectedError& expected, const net::Fetched& answer) {
  const auto what = fmt::format("{} {}", expected.question.method, expected.question.path);
  if (!findings.require(isOneOf(answer, expected.status), told(what, answer))) return;
  const auto type = valueOf(*answer, "content-type");
  findings.require(type == "application/json", fmt::format("{}: its type is '{}'", what, type));
  const auto json = jsonOf(*answer);
  const auto* const detail = json.find("detail");
  const bool good =
      detail != nullptr && (expected.detail.empty() ? isListOfErrors(*detail)
                                                    : textIn(json, "detail") == expected.detail);
  findings.require(good, fmt::format("{}: its detail is '{}'", what, detailOf(*answer)));
  if (expected.status == 405) {
    findings.require(answer->header("allow") != nullptr, fmt::format("{}: no Allow", what));
  }
}

}  // namespace

net::Task<Check> checkSecurityHeaders(ServiceClient& client, bool overTls, Access access) {
  Findings findings;
  for (const std::string_view path : kAnyAnswers) {
    Question question{.path = std::string(path), .withToken = false};
    const auto answer = co_await client.ask(std::move(question));
    if (!findings.require(answer.has_value(), told(path, answer))) continue;
    requireSecurityHeaders(findings, *answer, path, overTls);
  }
  if (access == Access::Open || access == Access::Granted) {
    Question question{.path = "/users?limit=1"};
    const auto answer = co_await client.ask(std::move(question));
    findings.require(answer && valueOf(*answer, "cache-control") == "no-store",
                     "/users: no Cache-Control: no-store");
  }
  co_return findings.check("security headers", "on answers and on errors");
}

net::Task<Check> checkRequestIds(ServiceClient& client) {
  const auto wanted = fmt::format("slipway-validate-{}", randomSecret(8).reveal());
  Question given{.path = "/health", .headers = {{"X-Request-ID", wanted}}, .withToken = false};
  const auto kept = co_await client.ask(std::move(given));
  Findings findings;
  findings.require(kept && valueOf(*kept, "x-request-id") == wanted,
                   kept ? "an id that was sent is not kept" : told("GET /health", kept));
  std::string first;
  for (int i = 0; i < 2; ++i) {
    Question question{.path = "/health", .withToken = false};
    const auto made = co_await client.ask(std::move(question));
    const auto id = made ? valueOf(*made, "x-request-id") : std::string();
    findings.require(isVisibleAscii(id), "no id is made where none was sent");
    findings.require(i == 0 || id != first, "two requests have the same id");
    first = id;
  }
  co_return findings.check("request ids", "kept when sent, made when not");
}

net::Task<Check> checkErrors(ServiceClient& client, Access access) {
  std::vector<ExpectedError> all;
  all.push_back({{.path = "/no-such-path", .withToken = false}, 404, "Not Found"});
  all.push_back(
      {{.method = "PUT", .path = "/health", .withToken = false}, 405, "Method Not Allowed"});
  if (access == Access::Open || access == Access::Granted) {
    all.push_back({{.path = "/users/0"}, 404, "User not found"});
    all.push_back({{.path = "/users?limit=0"}, 422, ""});
    all.push_back({{.method = "POST", .path = "/users", .body = "{\"username\":"}, 422, ""});
    all.push_back({{.method = "POST", .path = "/users", .body = "{}"}, 422, ""});
  }
  Findings findings;
  for (const auto& expected : all) {
    const auto answer = co_await client.ask(expected.question);
    judge(findings, expected, answer);
  }
  co_return findings.check("errors", fmt::format("{} errors have the promised shape", all.size()));
}

}  // namespace slipway::ops
