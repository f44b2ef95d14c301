#include "users/users_documentation.hpp"

#include "users/audit_documentation.hpp"

namespace slipway::users {

namespace {

using net::Method;
using platform::Access;
using platform::Endpoint;
using platform::HeaderDoc;
using platform::ResponseDoc;

constexpr std::string_view kTag = "users";
constexpr std::string_view kUserExample =
    R"({"id":1,"username":"ada","email":"ada@example.com","is_active":true,)"
    R"("created_at":"2026-11-22T21:50:04.467741"})";
constexpr std::string_view kListExample =
    R"([{"id":1,"username":"ada","email":"ada@example.com","is_active":true,)"
    R"("created_at":"2026-11-22T21:50:04.467741"}])";

const HeaderDoc kETag{"ETag", "Names this state of the user, for If-Match and If-None-Match."};
const HeaderDoc kLocation{"Location", "Path of the new user."};
const HeaderDoc kLink{"Link", "`<...>; rel=\"next\"` while there is more."};
const HeaderDoc kReplayed{"Idempotency-Replayed",
                          "`true` on an answer that was given before to the same key."};
const HeaderDoc kIfMatch{"If-Match", "Change only this state of the user, as its ETag names it."};
const HeaderDoc kIfNoneMatch{"If-None-Match", "Answer 304 if the user is still in this state."};
const HeaderDoc kIdempotencyKey{
    "Idempotency-Key",
    "1 to 255 visible ASCII characters. The first answer is kept for 24 hours and given again to "
    "every repeat, so that a request may be sent again after a lost connection."};

ResponseDoc userDoc(std::string_view description, std::vector<HeaderDoc> headers) {
  return {.status = 200,
          .description = description,
          .schema = "User",
          .example = kUserExample,
          .headers = std::move(headers)};
}

ResponseDoc errorDoc(unsigned status, std::string_view description, std::string_view example) {
  return {.status = status, .description = description, .schema = "Error", .example = example};
}

const ResponseDoc kNotFound =
    errorDoc(404, "There is no such user.", R"({"detail":"User not found"})");
const ResponseDoc kTaken = errorDoc(400,
                                    "The username or the email belongs to another user, or the "
                                    "Idempotency-Key is malformed.",
                                    R"({"detail":"Username already exists"})");
const ResponseDoc kConflict =
    errorDoc(409, "The first request with this Idempotency-Key is still running.",
             R"({"detail":"A request with this Idempotency-Key is still running"})");
const ResponseDoc kMismatch = errorDoc(412, "The user is not in the state that If-Match names.",
                                       R"({"detail":"Precondition Failed"})");

/// Made of the declarations of the fields that it shares with the request bodies.
platform::SchemaDoc userSchema(const UserSchemas& schemas) {
  using base::Json;
  const auto created = Json::object({{"type", "string"},
                                     {"title", "Created At"},
                                     {"description", "When, in UTC: ISO 8601 without offset."},
                                     {"examples", Json::array({"2026-11-22T21:50:04.467741"})}});
  return {"User",
          Json::object(
              {{"title", "User"},
               {"type", "object"},
               {"required", Json::array({"id", "username", "email", "is_active", "created_at"})},
               {"properties",
                Json::object({{"id", Json::object({{"type", "integer"}, {"title", "Id"}})},
                              {"username", platform::fieldSchema(schemas.username)},
                              {"email", platform::fieldSchema(schemas.email)},
                              {"is_active", platform::fieldSchema(schemas.isActive)},
                              {"created_at", created}})}})};
}

Endpoint createDoc(const UserSchemas& schemas) {
  return {.method = Method::Post,
          .path = "/users",
          .name = "create_user",
          .summary = "Create a user",
          .description = "Answers 200 with the new user and its Location.",
          .tag = kTag,
          .access = Access::UsersWrite,
          .requestHeaders = {kIdempotencyKey},
          .body = &schemas.create,
          .responses = {userDoc("The user that was created.", {kLocation, kETag, kReplayed}),
                        kTaken, kConflict},
          .schemas = {userSchema(schemas)}};
}

Endpoint listDoc() {
  return {.method = Method::Get,
          .path = "/users",
          .name = "list_users",
          .summary = "List users",
          .description =
              "By ascending id. Follow `Link` (or pass `after`) to page by key: every "
              "page then costs the same, however deep.",
          .tag = kTag,
          .access = Access::UsersRead,
          .queryParameters = listParameters(),
          .responses = {{.status = 200,
                         .description = "A page of users.",
                         .schema = "User",
                         .isArray = true,
                         .example = kListExample,
                         .headers = {kLink}}}};
}

Endpoint getDoc() {
  return {.method = Method::Get,
          .path = "/users/{user_id}",
          .name = "get_user",
          .summary = "Read a user",
          .tag = kTag,
          .access = Access::UsersRead,
          .pathParameters = {&kUserId},
          .requestHeaders = {kIfNoneMatch},
          .responses = {userDoc("The user.", {kETag}),
                        {.status = 304,
                         .description = "The user is still in the state that If-None-Match names.",
                         .headers = {kETag},
                         .contentType = {}},
                        kNotFound}};
}

Endpoint changeDoc(Method method, std::string_view name, std::string_view summary,
                   const platform::Schema& body) {
  return {.method = method,
          .path = "/users/{user_id}",
          .name = name,
          .summary = summary,
          .tag = kTag,
          .access = Access::UsersWrite,
          .pathParameters = {&kUserId},
          .requestHeaders = {kIfMatch, kIdempotencyKey},
          .body = &body,
          .responses = {userDoc("The user as it is now.", {kETag, kReplayed}), kTaken, kNotFound,
                        kConflict, kMismatch}};
}

Endpoint removeDoc() {
  return {.method = Method::Delete,
          .path = "/users/{user_id}",
          .name = "delete_user",
          .summary = "Delete a user",
          .tag = kTag,
          .access = Access::UsersWrite,
          .pathParameters = {&kUserId},
          .requestHeaders = {kIfMatch, kIdempotencyKey},
          .responses = {{.status = 204,
                         .description = "The user is gone.",
                         .headers = {kReplayed},
                         .contentType = {}},
                        kNotFound,
                        kConflict,
                        kMismatch}};
}

}  // namespace

std::vector<const platform::Field*> listParameters() {
  return {&kSkip,        &kLimit,        &kAfter,         &kUsernameFilter,
          &kEmailFilter, &kPrefixFilter, &kIsActiveFilter};
}

std::vector<platform::Endpoint> documentedEndpoints(const UserSchemas& schemas) {
  return {createDoc(schemas),
          listDoc(),
          getDoc(),
          changeDoc(Method::Patch, "update_user", "Change some fields of a user", schemas.patch),
          changeDoc(Method::Put, "replace_user", "Replace a user", schemas.replace),
          removeDoc(),
          auditDoc()};
}

}  // namespace slipway::users
