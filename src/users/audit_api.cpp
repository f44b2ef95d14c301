#include "users/audit_api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <expected>
#include <utility>
#include <vector>

#include "platform/errors.hpp"
#include "platform/next_page.hpp"
#include "platform/traced.hpp"
#include "users/audit_documentation.hpp"
#include "users/audit_log.hpp"
#include "users/user_rules.hpp"

namespace slipway::users {

namespace {

using net::Response;
using platform::Call;
using platform::ValidationIssue;

struct AuditQuery {
  UserId user;
  std::int64_t after = 0;
  std::int64_t limit = 100;
};

std::expected<AuditQuery, std::vector<ValidationIssue>> readQuery(const Call& call) {
  static const std::vector<const platform::Field*> kParameters = auditParameters();
  AuditQuery query;
  std::vector<ValidationIssue> issues;
  auto id = platform::checkPath(call.pathValues[0], kUserId);
  if (id) {
    query.user = UserId{id->integer};
  } else {
    issues.push_back(std::move(id.error()));
  }
  auto values = platform::checkQuery(call.request.query, kParameters);
  if (!values) {
    for (auto& issue : values.error()) issues.push_back(std::move(issue));
  } else {
    if (const auto* after = values->find(kAuditAfter)) query.after = after->integer;
    if (const auto* limit = values->find(kAuditLimit)) query.limit = limit->integer;
  }
  if (!issues.empty()) return std::unexpected(std::move(issues));
  return query;
}

Response pageOf(const Call& call, const AuditQuery& query, const std::vector<AuditEntry>& entries) {
  const auto shown = std::min(entries.size(), static_cast<std::size_t>(query.limit));
  Response response;
  response.body.push_back('[');
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) response.body.push_back(',');
    appendAuditJson(response.body, entries[i]);
  }
  response.body.push_back(']');
  if (entries.size() > shown) {
    const auto path = fmt::format("/users/{}/audit", query.user.value);
    response.addHeader("Link", platform::nextPageLink(call.request, path, entries[shown - 1].id));
  }
  return response;
}

net::Task<Response> readAudit(Call& call, platform::Database& database) {
  const auto query = readQuery(call);
  if (!query) co_return platform::validationResponse(query.error());
  platform::TracedSession session(database, call.span);
  const auto page = co_await readAuditEntries(session, query->user, query->after, query->limit);
  if (!page) co_return platform::errorResponse(page.error());
  if (!*page) co_return platform::errorResponse(404, "User not found");
  co_return pageOf(call, *query, **page);
}

}  // namespace

platform::Handler auditHandler(platform::Database& database) {
  return [&database](Call& call) { return readAudit(call, database); };
}

}  // namespace slipway::users
