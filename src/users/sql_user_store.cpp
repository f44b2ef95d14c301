#include "users/sql_user_store.hpp"

#include <algorithm>
#include <utility>

#include "platform/traced.hpp"
#include "users/audit_log.hpp"
#include "users/user_keys.hpp"
#include "users/user_list_query.hpp"

namespace slipway::users {

using platform::RequestSpan;
using platform::Rows;
using platform::SqlError;
using platform::SqlParameters;
using platform::SqlResult;
using platform::Statement;
using platform::TracedSession;
using platform::UnitOfWork;

namespace {

// Between two statements of ours, another transaction may change the user in PostgreSQL (never in
// SQLite): statements notice it by the version, and the change is tried again, from then on with
// the user's row held.
constexpr int kAttempts = 3;

constexpr std::string_view kEmailIndex = "users_email_key";  // as the migration calls it

constexpr Statement kFind{
    .name = "users.find",
    .sql = "SELECT id, username, email, is_active, created_at, version FROM users WHERE id = $1",
    .byKey = true};

// Changes nothing, but holds the row until the transaction ends, in both engines: it waits for who
// is at it, and gives what they left. (SQLite knows no FOR UPDATE.)
constexpr Statement kFindAndHold{"users.find_and_hold",
                                 "UPDATE users SET version = version WHERE id = $1 "
                                 "RETURNING id, username, email, is_active, created_at, version",
                                 true};

constexpr Statement kInsert{
    "users.insert",
    "INSERT INTO users (username, email, username_key, email_key, is_active, created_at, "
    "updated_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, 1) "
    "ON CONFLICT DO NOTHING RETURNING id",
    true};

constexpr Statement kFindTaken{
    "users.find_taken",
    "SELECT username_key = $1 FROM users WHERE (username_key = $1 OR email_key = $2) AND id <> $3"};

constexpr Statement kUpdate{
    "users.update",
    "UPDATE users SET username = $3, email = $4, username_key = $5, email_key = $6, "
    "is_active = $7, updated_at = $8, version = version + 1 WHERE id = $1 AND version = $2",
    true};

constexpr Statement kDelete{"users.delete", "DELETE FROM users WHERE id = $1 AND version = $2",
                            true};

std::unexpected<UserError> failed(UserError::Kind kind) { return std::unexpected(UserError{kind}); }

std::unexpected<UserError> failed(SqlError error) {
  if (error.kind == SqlError::Kind::InvalidText) return failed(UserError::Kind::InvalidText);
  return std::unexpected(UserError{UserError::Kind::Database, std::move(error)});
}

/// After so many attempts another writer must be at the same user all the time.
std::unexpected<UserError> gaveUp() {
  return failed(SqlError{SqlError::Kind::Timeout, "others kept changing the same user"});
}

User userFromRow(const Rows& rows, std::size_t row) {
  User user;
  user.id = UserId{rows.integer(row, 0)};
  user.username = rows.text(row, 1);
  user.email = rows.text(row, 2);
  user.isActive = rows.boolean(row, 3);
  user.createdAt = rows.timestamp(row, 4);
  user.version = rows.integer(row, 5);
  return user;
}

bool allows(const ExpectedVersions& expected, std::int64_t version) {
  return !expected || std::ranges::find(*expected, version) != expected->end();
}

net::Task<UserResult<User>> findIn(platform::SqlSession& session, UserId id,
                                   const Statement& statement = kFind) {
  if (id.value <= 0) co_return failed(UserError::Kind::NotFound);
  SqlParameters parameters(1, id.value);
  SqlResult found = co_await session.execute(statement, std::move(parameters));
  if (!found) co_return failed(std::move(found.error()));
  if ((*found)->size() == 0) co_return failed(UserError::Kind::NotFound);
  co_return userFromRow(**found, 0);
}

/// The user as a write may replace it. What the first attempt reads may be changed by others
/// before it is replaced, later ones hold the row.
net::Task<UserResult<User>> findExpected(platform::SqlSession& session, UserId id,
                                         const ExpectedVersions& expected, int attempt) {
  const Statement& statement = attempt == 0 ? kFind : kFindAndHold;
  UserResult<User> found = co_await findIn(session, id, statement);
  if (found && !allows(expected, found->version)) {
    co_return failed(UserError::Kind::VersionMismatch);
  }
  co_return found;
}

}  // namespace

net::Task<UserResult<FoundUser>> SqlUserStore::find(UserId id, const RequestSpan* span) {
  TracedSession session(database_, span);
  UserResult<User> found = co_await findIn(session, id);
  if (!found) co_return std::unexpected(std::move(found.error()));
  co_return FoundUser{.id = id, .version = found->version, .json = userJson(*found)};
}

net::Task<UserResult<std::vector<User>>> SqlUserStore::list(UserQuery query,
                                                            const RequestSpan* span) {
  TracedSession session(database_, span);
  const ListSearch search(std::move(query), rules_);
  auto scope = search.hasPrefix() ? ListScope::Window : ListScope::Everywhere;
  for (;;) {
    auto parameters = search.parameters(scope);
    SqlResult found = co_await session.execute(search.statement(scope), std::move(parameters));
    if (!found) co_return failed(std::move(found.error()));
    const Rows& rows = **found;
    const bool pageIsFull = static_cast<std::int64_t>(rows.size()) > search.limit();
    if (scope == ListScope::Everywhere || pageIsFull) {
      std::vector<User> users;
      users.reserve(rows.size());
      for (std::size_t i = 0; i < rows.size(); ++i) users.push_back(userFromRow(rows, i));
      co_return users;
    }
    scope = ListScope::Everywhere;
  }
}

net::Task<UserResult<User>> SqlUserStore::create(UnitOfWork& unit, NewUser user) {
  User created{.username = std::move(user.username), .email = std::move(user.email)};
  created.isActive = user.isActive;
  created.createdAt = clock_.now();
  const auto usernameKey = userKey(created.username, rules_);
  const auto emailKey = users::emailKey(created.email, rules_);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    SqlParameters parameters{created.username, created.email,     usernameKey,      emailKey,
                             created.isActive, created.createdAt, created.createdAt};
    SqlResult inserted = co_await unit.execute(kInsert, std::move(parameters));
    if (!inserted) co_return failed(std::move(inserted.error()));
    if ((*inserted)->size() != 0) {
      created.id = UserId{(*inserted)->integer(0, 0)};
      auto entry = auditEntry(nullptr, &created, unit.actor(), clock_.now());
      unit.executeAtCommit(auditInsert(std::move(entry)));
      co_return created;
    }
    const UserResult<void> free = co_await checkFree(unit, UserId{}, usernameKey, emailKey);
    if (!free) co_return std::unexpected(free.error());
  }
  co_return gaveUp();
}

net::Task<UserResult<User>> SqlUserStore::update(UnitOfWork& unit, UserId id, UserChange change,
                                                 ExpectedVersions expected) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    UserResult<User> old = co_await findExpected(unit, id, expected, attempt);
    if (!old) co_return old;
    User changed = *old;
    if (change.username) changed.username = *change.username;
    if (change.email) changed.email = *change.email;
    changed.isActive = change.isActive.value_or(changed.isActive);
    const bool same = changed.username == old->username && changed.email == old->email &&
                      changed.isActive == old->isActive;
    if (same) co_return old;
    UserResult<bool> replaced = co_await replace(unit, changed);
    if (!replaced) co_return std::unexpected(std::move(replaced.error()));
    ++changed.version;
    if (*replaced) {
      auto entry = auditEntry(&*old, &changed, unit.actor(), clock_.now());
      unit.executeAtCommit(auditInsert(std::move(entry)));
      co_return changed;
    }
  }
  co_return gaveUp();
}

net::Task<UserResult<bool>> SqlUserStore::replace(UnitOfWork& unit, const User& changed) {
  const auto usernameKey = userKey(changed.username, rules_);
  const auto emailKey = users::emailKey(changed.email, rules_);
  const UserResult<void> free = co_await checkFree(unit, changed.id, usernameKey, emailKey);
  if (!free) co_return std::unexpected(free.error());
  SqlParameters parameters{changed.id.value, changed.version, changed.username, changed.email,
                           usernameKey,      emailKey,        changed.isActive, clock_.now()};
  SqlResult updated = co_await unit.execute(kUpdate, std::move(parameters));
  if (updated) co_return (*updated)->affected() == 1;
  // Another transaction took one of them since checkFree (PostgreSQL).
  if (updated.error().kind == SqlError::Kind::UniqueViolation) {
    const bool email = updated.error().constraint == kEmailIndex;
    co_return failed(email ? UserError::Kind::EmailTaken : UserError::Kind::UsernameTaken);
  }
  co_return failed(std::move(updated.error()));
}

net::Task<UserResult<void>> SqlUserStore::remove(UnitOfWork& unit, UserId id,
                                                 ExpectedVersions expected) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    UserResult<User> old = co_await findExpected(unit, id, expected, attempt);
    if (!old) co_return std::unexpected(std::move(old.error()));
    SqlParameters parameters{id.value, old->version};
    SqlResult deleted = co_await unit.execute(kDelete, std::move(parameters));
    if (!deleted) co_return failed(std::move(deleted.error()));
    if ((*deleted)->affected() == 1) {
      auto entry = auditEntry(&*old, nullptr, unit.actor(), clock_.now());
      unit.executeAtCommit(auditInsert(std::move(entry)));
      co_return UserResult<void>();
    }
  }
  co_return gaveUp();
}

/// Whether no other user than `self` has one of the keys. When both are taken, the username counts.
net::Task<UserResult<void>> SqlUserStore::checkFree(UnitOfWork& unit, UserId self,
                                                    std::string usernameKey, std::string emailKey) {
  SqlParameters parameters{std::move(usernameKey), std::move(emailKey), self.value};
  SqlResult found = co_await unit.execute(kFindTaken, std::move(parameters));
  if (!found) co_return failed(std::move(found.error()));
  const Rows& rows = **found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows.boolean(i, 0)) co_return failed(UserError::Kind::UsernameTaken);
  }
  if (rows.size() != 0) co_return failed(UserError::Kind::EmailTaken);
  co_return UserResult<void>();
}

}  // namespace slipway::users
