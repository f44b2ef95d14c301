#include "users/audit_documentation.hpp"

#include "users/user_rules.hpp"

namespace slipway::users {

namespace {

using base::Json;

constexpr std::string_view kExample =
    R"([{"id":7,"user_id":1,"version":1,"action":"create","subject":"ops@example.com",)"
    R"("request_id":"0d3f6a52-6a0e-4a0c-9d53-6a4d6c0a4a6b",)"
    R"("created_at":"2026-11-22T21:50:04.467741","before":null,)"
    R"("after":{"id":1,"username":"ada","email":"ada@example.com","is_active":true,)"
    R"("created_at":"2026-11-22T21:50:04.467741"}}])";

Json described(std::string_view type, std::string_view title, std::string_view description) {
  return Json::object({{"type", type}, {"title", title}, {"description", description}});
}

Json state(std::string_view title, std::string_view description) {
  return Json::object({{"anyOf", Json::array({Json::object({{"$ref", "#/components/schemas/User"}}),
                                              Json::object({{"type", "null"}})})},
                       {"title", title},
                       {"description", description}});
}

platform::SchemaDoc entrySchema() {
  auto action = described("string", "Action", "What was done.");
  action.set("enum", Json::array({"create", "update", "delete"}));
  auto time = described("string", "Created At", "When, in UTC: ISO 8601 without offset.");
  time.set("examples", Json::array({"2026-11-22T21:50:04.467741"}));
  return {
      "AuditEntry",
      Json::object(
          {{"title", "AuditEntry"},
           {"type", "object"},
           {"required", Json::array({"id", "user_id", "version", "action", "subject", "request_id",
                                     "created_at", "before", "after"})},
           {"properties",
            Json::object(
                {{"id", described("integer", "Id", "Grows with every entry.")},
                 {"user_id", described("integer", "User Id", "Whom it was done to.")},
                 {"version", described("integer", "Version", "Of the user, after the change.")},
                 {"action", action},
                 {"subject", described("string", "Subject",
                                       "Who did it: the token's `sub`; empty without a token.")},
                 {"request_id",
                  described("string", "Request Id", "The X-Request-ID of the change.")},
                 {"created_at", time},
                 {"before", state("Before", "The user before the change; null: there was none.")},
                 {"after", state("After", "The user after it; null: it was deleted.")}})}})};
}

}  // namespace

constinit const platform::Field kAuditAfter{
    .name = "after",
    .type = platform::FieldType::Integer,
    .description = "Only entries with a larger id: the last one of the page before",
    .example = "100",
};
constinit const platform::Field kAuditLimit{
    .name = "limit",
    .type = platform::FieldType::Integer,
    .description = "How many entries to give at most",
    .defaultValue = "100",
    .minimum = 1,
    .maximum = 1000,
};

std::vector<const platform::Field*> auditParameters() { return {&kAuditLimit, &kAuditAfter}; }

platform::Endpoint auditDoc() {
  return {.method = net::Method::Get,
          .path = "/users/{user_id}/audit",
          .name = "list_user_audit",
          .summary = "Read what was done to a user",
          .description =
              "One entry for each change, the newest last. Entries stay when the user is deleted. "
              "Follow `Link` (or pass `after`) for the next page.",
          .tag = "users",
          .access = platform::Access::Ops,
          .pathParameters = {&kUserId},
          .queryParameters = auditParameters(),
          .responses = {{.status = 200,
                         .description = "A page of entries.",
                         .schema = "AuditEntry",
                         .isArray = true,
                         .example = kExample,
                         .headers = {{"Link", "`<...>; rel=\"next\"` while there is more."}}},
                        {.status = 404,
                         .description = "There never was such a user.",
                         .schema = "Error",
                         .example = R"({"detail":"User not found"})"}},
          .schemas = {entrySchema()}};
}

}  // namespace slipway::users
