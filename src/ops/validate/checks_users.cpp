// A user's life: made, read, changed, deleted.
#include "ops/init/random_secret.hpp"
#include "ops/json_members.hpp"
#include "ops/validate/answers.hpp"
#include "ops/validate/checks.hpp"

namespace slipway::ops {

namespace {

using base::Json;

void requireUser(Findings& findings, const net::ClientResponse& answer, const ProbeUser& user,
                 bool active) {
  const auto json = jsonOf(answer);
  findings.require(textIn(json, "username") == user.name && textIn(json, "email") == user.email(),
                   "it is another user than was made");
  const auto* const isActive = json.find("is_active");
  findings.require(isActive != nullptr && isActive->isBoolean() && isActive->asBoolean() == active,
                   fmt::format("is_active is not {}", active));
  findings.require(!textIn(json, "created_at").empty(), "no created_at");
}

/// Its id, for one whose making was cut off.
net::Task<std::optional<std::int64_t>> findId(ServiceClient& client, const ProbeUser& user) {
  Question question{.path = "/users?username=" + user.name};
  const auto answer = co_await client.askAnyway(std::move(question));
  if (!isOneOf(answer, 200)) co_return std::nullopt;
  const auto json = jsonOf(*answer);
  if (!json.isArray() || json.asArray().empty()) co_return std::nullopt;
  co_return numberIn(json.asArray().front(), "id");
}

}  // namespace

net::Task<Check> checkCreate(ServiceClient& client, ProbeUser& user) {
  const auto body = Json::object({{"username", user.name}, {"email", user.email()}}).dump();
  // So that a repeat of what was cut off makes no second one.
  Question question{.method = "POST",
                    .path = "/users",
                    .body = body,
                    .headers = {{"Idempotency-Key", user.name}}};
  if (client.stopped()) co_return skipped("create", "stopped");
  user.mayExist = true;
  const auto answer = co_await client.ask(std::move(question));
  Findings findings;
  if (!findings.require(isOneOf(answer, 200), told("POST /users", answer))) {
    if (answer && answer->status >= 400 && answer->status < 500) user.mayExist = false;
    co_return findings.check("create", "");
  }
  const auto id = numberIn(jsonOf(*answer), "id");
  if (findings.require(id > 0, "the answer has no id")) user.id = id;
  requireUser(findings, *answer, user, true);
  findings.require(answer->header("location") != nullptr, "no Location");
  co_return findings.check("create", fmt::format("user {} ({})", id, user.name));
}

net::Task<Check> checkRead(ServiceClient& client, const ProbeUser& user) {
  Question question{.path = user.path()};
  const auto answer = co_await client.ask(std::move(question));
  Findings findings;
  if (findings.require(isOneOf(answer, 200), told("GET " + user.path(), answer))) {
    requireUser(findings, *answer, user, true);
    findings.require(answer->header("etag") != nullptr, "no ETag");
  }
  co_return findings.check("read", "as it was made, with ETag");
}

net::Task<Check> checkUpdate(ServiceClient& client, const ProbeUser& user) {
  Question change{.method = "PATCH", .path = user.path(), .body = R"({"is_active":false})"};
  const auto changed = co_await client.ask(std::move(change));
  Findings findings;
  if (findings.require(isOneOf(changed, 200), told("PATCH " + user.path(), changed))) {
    requireUser(findings, *changed, user, false);
  }
  Question question{.path = user.path()};
  const auto read = co_await client.ask(std::move(question));
  if (findings.require(isOneOf(read, 200), told("GET " + user.path(), read))) {
    requireUser(findings, *read, user, false);
  }
  co_return findings.check("update", "the next read sees it");
}

net::Task<Check> checkDelete(ServiceClient& client, ProbeUser& user) {
  Question question{.method = "DELETE", .path = user.path()};
  const auto deleted = co_await client.ask(std::move(question));
  Findings findings;
  if (findings.require(isOneOf(deleted, 204), told("DELETE " + user.path(), deleted))) {
    user.mayExist = false;
  }
  Question again{.path = user.path()};
  const auto read = co_await client.ask(std::move(again));
  findings.require(isOneOf(read, 404), told("after deleting, GET " + user.path(), read));
  co_return findings.check("delete", "it is gone");
}

net::Task<std::optional<Check>> removeLeftUser(ServiceClient& client, ProbeUser& user) {
  if (!user.mayExist) co_return std::nullopt;
  if (!user.id) user.id = co_await findId(client, user);
  if (!user.id) co_return std::nullopt;
  Question question{.method = "DELETE", .path = user.path()};
  const auto deleted = co_await client.askAnyway(std::move(question));
  user.mayExist = !isOneOf(deleted, 204) && !isOneOf(deleted, 404);
  if (!user.mayExist) {
    co_return Check{"clean up", Check::Outcome::Passed,
                    fmt::format("user {} is deleted", *user.id)};
  }
  co_return failed("clean up", fmt::format("user {} ({}) is left: {}", *user.id, user.name,
                                           told("DELETE " + user.path(), deleted)));
}

}  // namespace slipway::ops
