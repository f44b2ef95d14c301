// What was done to users, by whom: one entry for each change, written in the change's own
// transaction and never changed again; it outlives its user. Entries of one user are in the order
// of their ids, because each change holds the user's row until it is committed.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/sql.hpp"
#include "platform/unit_of_work.hpp"
#include "users/user.hpp"

namespace slipway::users {

struct AuditEntry {
  std::int64_t id = 0;
  UserId userId;
  std::int64_t version = 0;  // of the user, after the change; a deletion counts as one
  std::string action;        // "create", "update" or "delete"
  std::string subject;       // of the token; empty without one
  std::string requestId;
  base::Timestamp createdAt;
  std::string before;  // the user as clients see it, JSON; empty: there was none
  std::string after;   // the same; empty: there is none
};

/// The entry of a change from `before` to `after`, which are of the same user; null: no user.
AuditEntry auditEntry(const User* before, const User* after, const platform::Actor& actor,
                      base::Timestamp now);

/// What writes it, with an id of its own.
platform::SqlCall auditInsert(AuditEntry entry);

/// One user's entries by ascending id: up to `limit + 1` after the entry `after`, so that the
/// caller can tell whether more follow. None: there never was such a user. `session` outlives the
/// task.
using AuditPage = std::optional<std::vector<AuditEntry>>;
net::Task<std::expected<AuditPage, platform::SqlError>> readAuditEntries(
    platform::SqlSession& session, UserId id, std::int64_t after, std::int64_t limit);

/// Appends {"id","user_id","version","action","subject","request_id","created_at","before",
/// "after"}, in this order.
void appendAuditJson(std::string& out, const AuditEntry& entry);

}  // namespace slipway::users
