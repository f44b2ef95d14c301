#include "users/audit_log.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "base/json.hpp"

namespace slipway::users {

using platform::Rows;
using platform::SqlError;
using platform::SqlParameters;
using platform::SqlResult;
using platform::SqlValue;
using platform::Statement;

namespace {

constexpr Statement kInsert{
    "audit.insert",
    "INSERT INTO audit_log (user_id, version, action, subject, request_id, created_at, before, "
    "after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    true};

// The casts: PostgreSQL keeps the states as jsonb.
constexpr Statement kList{
    "audit.list",
    "SELECT id, user_id, version, action, subject, request_id, created_at, CAST(before AS text), "
    "CAST(after AS text) FROM audit_log WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3"};

constexpr Statement kKnown{"audit.known",
                           "SELECT 1 FROM audit_log WHERE user_id = $1 "
                           "UNION ALL SELECT 1 FROM users WHERE id = $1 LIMIT 1"};

std::string stateOf(const User* user) {
  std::string json;
  if (user != nullptr) appendUserJson(json, *user);
  return json;
}

SqlValue textOrNull(std::string text) {
  if (text.empty()) return std::monostate{};
  return text;
}

AuditEntry entryFromRow(const Rows& rows, std::size_t row) {
  AuditEntry entry;
  entry.id = rows.integer(row, 0);
  entry.userId = UserId{rows.integer(row, 1)};
  entry.version = rows.integer(row, 2);
  entry.action = rows.text(row, 3);
  entry.subject = rows.text(row, 4);
  entry.requestId = rows.text(row, 5);
  entry.createdAt = rows.timestamp(row, 6);
  if (!rows.isNull(row, 7)) entry.before = rows.text(row, 7);
  if (!rows.isNull(row, 8)) entry.after = rows.text(row, 8);
  return entry;
}

/// jsonb does not keep the order of members: they get that of appendUserJson again.
base::Json stateAsShown(std::string_view text) {
  if (text.empty()) return {};
  const auto stored = base::readJson(text, {});
  if (!stored || !stored->isObject()) return {};
  auto shown = base::Json::object();
  for (const auto* const name : {"id", "username", "email", "is_active", "created_at"}) {
    if (const auto* value = stored->find(name)) shown.set(name, *value);
  }
  for (const auto& [name, value] : stored->asObject()) {
    if (shown.find(name) == nullptr) shown.set(name, value);
  }
  return shown;
}

}  // namespace

AuditEntry auditEntry(const User* before, const User* after, const platform::Actor& actor,
                      base::Timestamp now) {
  AuditEntry entry{.subject = actor.subject, .requestId = actor.requestId, .createdAt = now};
  entry.userId = after != nullptr ? after->id : before->id;
  entry.version = after != nullptr ? after->version : before->version + 1;
  entry.action = before == nullptr ? "create" : after == nullptr ? "delete" : "update";
  entry.before = stateOf(before);
  entry.after = stateOf(after);
  return entry;
}

platform::SqlCall auditInsert(AuditEntry entry) {
  SqlParameters parameters;
  parameters.reserve(8);
  parameters.emplace_back(entry.userId.value);
  parameters.emplace_back(entry.version);
  parameters.emplace_back(std::move(entry.action));
  parameters.emplace_back(std::move(entry.subject));
  parameters.emplace_back(std::move(entry.requestId));
  parameters.emplace_back(entry.createdAt);
  parameters.push_back(textOrNull(std::move(entry.before)));
  parameters.push_back(textOrNull(std::move(entry.after)));
  return {&kInsert, std::move(parameters)};
}

net::Task<std::expected<AuditPage, SqlError>> readAuditEntries(platform::SqlSession& session,
                                                               UserId id, std::int64_t after,
                                                               std::int64_t limit) {
  SqlParameters parameters{id.value, after, limit + 1};
  const SqlResult found = co_await session.execute(kList, std::move(parameters));
  if (!found) co_return std::unexpected(found.error());
  std::vector<AuditEntry> entries;
  entries.reserve((*found)->size());
  for (std::size_t i = 0; i < (*found)->size(); ++i) entries.push_back(entryFromRow(**found, i));
  if (entries.empty()) {
    SqlParameters user(1, id.value);
    const SqlResult known = co_await session.execute(kKnown, std::move(user));
    if (!known) co_return std::unexpected(known.error());
    if ((*known)->size() == 0) co_return std::nullopt;
  }
  co_return entries;
}

void appendAuditJson(std::string& out, const AuditEntry& entry) {
  fmt::format_to(std::back_inserter(out), R"({{"id":{},"user_id":{},"version":{},"action":)",
                 entry.id, entry.userId.value, entry.version);
  base::appendJsonString(out, entry.action);
  out += R"(,"subject":)";
  base::appendJsonString(out, entry.subject);
  out += R"(,"request_id":)";
  base::appendJsonString(out, entry.requestId);
  out += R"(,"created_at":")";
  base::appendIsoTime(out, entry.createdAt);
  out += R"(","before":)";
  stateAsShown(entry.before).dumpTo(out);
  out += R"(,"after":)";
  stateAsShown(entry.after).dumpTo(out);
  out += '}';
}

}  // namespace slipway::users
