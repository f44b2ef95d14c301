#include "users/users_api.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "net/entity_tags.hpp"
#include "platform/errors.hpp"
#include "platform/next_page.hpp"
#include "users/audit_api.hpp"
#include "users/preconditions.hpp"
#include "users/users_documentation.hpp"

namespace slipway::users {

namespace {

using net::Response;
using net::Task;
using platform::Call;
using platform::Checked;
using platform::FieldValues;
using platform::UnitOfWork;
using platform::ValidationIssue;

constexpr std::int64_t kDefaultLimit = 100;

Response errorOf(const UserError& error) {
  switch (error.kind) {
    case UserError::Kind::NotFound:
      return platform::errorResponse(404, "User not found");
    case UserError::Kind::UsernameTaken:
      return platform::errorResponse(400, "Username already exists");
    case UserError::Kind::EmailTaken:
      return platform::errorResponse(400, "Email already exists");
    case UserError::Kind::VersionMismatch:
      return platform::errorResponse(412, "Precondition Failed");
    case UserError::Kind::InvalidText:
      return platform::errorResponse(400, "Invalid character");
    case UserError::Kind::Database:
      return platform::errorResponse(error.cause);
  }
  return platform::errorResponse(500, "Internal Server Error");
}

Response userResponse(const User& user) {
  Response response;
  response.body = userJson(user);
  response.addHeader("ETag", entityTag(user.id, user.version));
  return response;
}

/// What the path and the body of a write say, or all that is wrong with them.
struct WriteInput {
  UserId id;
  FieldValues values;
};

std::expected<WriteInput, Response> readWrite(const Call& call, const platform::Schema& schema,
                                              bool hasId) {
  WriteInput input;
  std::vector<ValidationIssue> issues;
  if (hasId) {
    auto id = platform::checkPath(call.pathValues[0], kUserId);
    if (id) {
      input.id = UserId{id->integer};
    } else {
      issues.push_back(std::move(id.error()));
    }
  }
  auto body = platform::checkBody(call.request.body, call.request.header("content-type"), schema);
  if (body) {
    input.values = std::move(*body);
  } else {
    for (auto& issue : body.error()) issues.push_back(std::move(issue));
  }
  if (!issues.empty()) return std::unexpected(platform::validationResponse(issues));
  return input;
}

UserChange changeOf(const FieldValues& values, const UserSchemas& schemas) {
  UserChange change;
  if (const auto* username = values.find(schemas.username)) change.username = username->text;
  if (const auto* email = values.find(schemas.email)) change.email = email->text;
  if (const auto* active = values.find(schemas.isActive)) change.isActive = active->boolean;
  return change;
}

UserQuery queryOf(const FieldValues& values) {
  UserQuery query;
  query.limit = kDefaultLimit;
  if (const auto* skip = values.find(kSkip)) query.skip = skip->integer;
  if (const auto* limit = values.find(kLimit)) query.limit = limit->integer;
  if (const auto* after = values.find(kAfter)) query.after = after->integer;
  if (const auto* username = values.find(kUsernameFilter)) query.username = username->text;
  if (const auto* email = values.find(kEmailFilter)) query.email = email->text;
  if (const auto* prefix = values.find(kPrefixFilter)) query.prefix = prefix->text;
  if (const auto* active = values.find(kIsActiveFilter)) query.isActive = active->boolean;
  return query;
}

Response listResponse(const Call& call, const std::vector<User>& users, std::int64_t limit) {
  const auto shown = std::min(users.size(), static_cast<std::size_t>(limit));
  Response response;
  response.body.reserve(2 + shown * 160);
  response.body.push_back('[');
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) response.body.push_back(',');
    appendUserJson(response.body, users[i]);
  }
  response.body.push_back(']');
  if (users.size() > shown) {
    const auto last = users[shown - 1].id.value;
    response.addHeader("Link", platform::nextPageLink(call.request, "/users", last));
  }
  return response;
}

// Kept alive by the handlers that share it.
class UsersApi : public std::enable_shared_from_this<UsersApi> {
 public:
  explicit UsersApi(UsersApiParts parts) : parts_(parts), schemas_(userSchemas(parts.rules)) {}

  Task<Response> create(Call& call) const;
  Task<Response> list(Call& call) const;
  Task<Response> get(Call& call) const;
  Task<Response> patch(Call& call) const { return change(call, schemas_.patch); }
  Task<Response> replace(Call& call) const { return change(call, schemas_.replace); }
  Task<Response> remove(Call& call) const;

 private:
  Task<Response> change(Call& call, const platform::Schema& schema) const;
  Task<Response> created(UnitOfWork& unit, NewUser user) const;
  Task<Response> changed(UnitOfWork& unit, UserId id, UserChange change,
                         ExpectedVersions expected) const;
  Task<Response> removed(UnitOfWork& unit, UserId id, ExpectedVersions expected) const;

  const UsersApiParts parts_;
  const UserSchemas& schemas_;
};

Task<Response> UsersApi::create(Call& call) const {
  auto input = readWrite(call, schemas_.create, false);
  if (!input) co_return std::move(input.error());
  auto change = changeOf(input->values, schemas_);
  NewUser user{.username = std::move(change.username).value_or(""),
               .email = std::move(change.email).value_or(""),
               .isActive = change.isActive.value_or(true)};
  std::function<Task<Response>(UnitOfWork&)> body = [this, &user](UnitOfWork& unit) {
    return created(unit, user);
  };
  co_return co_await platform::runWrite(call, parts_.database, parts_.clock, std::move(body));
}

Task<Response> UsersApi::created(UnitOfWork& unit, NewUser user) const {
  auto result = co_await parts_.store.create(unit, std::move(user));
  if (!result) co_return errorOf(result.error());
  auto response = userResponse(*result);
  response.addHeader("Location", fmt::format("/users/{}", result->id.value));
  co_return response;
}

Task<Response> UsersApi::list(Call& call) const {
  static const std::vector<const platform::Field*> kParameters = listParameters();
  const auto checked = platform::checkQuery(call.request.query, kParameters);
  if (!checked) co_return platform::validationResponse(checked.error());
  auto query = queryOf(*checked);
  const auto limit = query.limit;
  const auto users = co_await parts_.store.list(std::move(query), call.span);
  if (!users) co_return errorOf(users.error());
  co_return listResponse(call, *users, limit);
}

Task<Response> UsersApi::get(Call& call) const {
  const auto id = platform::checkPath(call.pathValues[0], kUserId);
  if (!id) co_return platform::validationResponse({&id.error(), 1});
  auto found = co_await parts_.store.find(UserId{id->integer}, call.span);
  if (!found) co_return errorOf(found.error());
  call.cache = found->fromCache ? "hit" : "miss";
  const auto tag = entityTag(found->id, found->version);
  Response response;
  response.addHeader("ETag", tag);
  if (net::isUnchanged(call.request, tag)) {
    response.status = 304;
  } else {
    response.body = std::move(found->json);
  }
  co_return response;
}

Task<Response> UsersApi::change(Call& call, const platform::Schema& schema) const {
  auto input = readWrite(call, schema, true);
  if (!input) co_return std::move(input.error());
  auto change = changeOf(input->values, schemas_);
  // A full replacement sets what it leaves out to its default.
  if (&schema == &schemas_.replace && !change.isActive) change.isActive = true;
  const auto id = input->id;
  const auto expected = expectedVersions(call.request, id);
  std::function<Task<Response>(UnitOfWork&)> body = [&, this](UnitOfWork& unit) {
    return changed(unit, id, change, expected);
  };
  co_return co_await platform::runWrite(call, parts_.database, parts_.clock, std::move(body));
}

Task<Response> UsersApi::changed(UnitOfWork& unit, UserId id, UserChange change,
                                 ExpectedVersions expected) const {
  const auto result =
      co_await parts_.store.update(unit, id, std::move(change), std::move(expected));
  if (!result) co_return errorOf(result.error());
  co_return userResponse(*result);
}

Task<Response> UsersApi::remove(Call& call) const {
  const auto id = platform::checkPath(call.pathValues[0], kUserId);
  if (!id) co_return platform::validationResponse({&id.error(), 1});
  const UserId user{id->integer};
  const auto expected = expectedVersions(call.request, user);
  std::function<Task<Response>(UnitOfWork&)> body = [&, this](UnitOfWork& unit) {
    return removed(unit, user, expected);
  };
  co_return co_await platform::runWrite(call, parts_.database, parts_.clock, std::move(body));
}

Task<Response> UsersApi::removed(UnitOfWork& unit, UserId id, ExpectedVersions expected) const {
  const auto result = co_await parts_.store.remove(unit, id, std::move(expected));
  if (!result) co_return errorOf(result.error());
  co_return Response(204);
}

}  // namespace

std::vector<platform::Endpoint> usersEndpoints(UsersApiParts parts) {
  const auto api = std::make_shared<const UsersApi>(parts);
  const auto handler = [&api](Task<Response> (UsersApi::*method)(Call&) const) {
    return [api, method](Call& call) { return ((*api).*method)(call); };
  };
  auto endpoints = documentedEndpoints(userSchemas(parts.rules));
  endpoints[UserOperation::Create].handler = handler(&UsersApi::create);
  endpoints[UserOperation::List].handler = handler(&UsersApi::list);
  endpoints[UserOperation::Get].handler = handler(&UsersApi::get);
  endpoints[UserOperation::Patch].handler = handler(&UsersApi::patch);
  endpoints[UserOperation::Replace].handler = handler(&UsersApi::replace);
  endpoints[UserOperation::Remove].handler = handler(&UsersApi::remove);
  endpoints[UserOperation::Audit].handler = auditHandler(parts.database);
  return endpoints;
}

}  // namespace slipway::users
