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

// Between two statements of ours, another transaction may take or give up a key in PostgreSQL
// (never in SQLite): a write that found its keys taken, by none that is still there, is tried
// again.
constexpr int kAttempts = 3;

constexpr std::string_view kEmailIndex = "users_email_key";  // as the migration calls it

constexpr std::string_view kFindSql =
    "SELECT id, username, email, is_active, created_at, version FROM users WHERE id = $1";

constexpr Statement kFind{.name = "users.find", .sql = kFindSql, .byKey = true};

// What a write finds is what it changes: it waits for who is at it, and reads what they left.
constexpr Statement kFindAndHold{.name = "users.find_and_hold", .sql = kFindSql, .holds = true};

constexpr Statement kInsert{
    "users.insert",
    "INSERT INTO users (username, email, username_key, email_key, is_active, created_at, "
    "updated_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, 1) "
    "ON CONFLICT DO NOTHING RETURNING id",
    true};

constexpr Statement kFindTaken{
    "users.find_taken",
    "SELECT username_key = $1 FROM users WHERE (username_key = $1 OR email_key = $2) AND id <> $3"};

// Looks by itself whether the keys are free: an error would end the transaction, and stand in the
// server's log with the keys.
constexpr Statement kUpdate{
    "users.update",
    "UPDATE users SET username = $2, email = $3, username_key = $4, email_key = $5, "
    "is_active = $6, updated_at = $7, version = version + 1 WHERE id = $1 AND NOT EXISTS "
    "(SELECT 1 FROM users WHERE (username_key = $4 OR email_key = $5) AND id <> $1)",
    true};

constexpr Statement kDelete{"users.delete", "DELETE FROM users WHERE id = $1", true};

std::unexpected<UserError> failed(UserError::Kind kind) { return std::unexpected(UserError{kind}); }

std::unexpected<UserError> failed(SqlError error) {
  if (error.kind == SqlError::Kind::InvalidText) return failed(UserError::Kind::InvalidText);
  return std::unexpected(UserError{UserError::Kind::Database, std::move(error)});
}

UserError updateError(SqlError error) {
  if (error.kind != SqlError::Kind::UniqueViolation) return failed(std::move(error)).error();
  // Another transaction took one of them while the statement ran (PostgreSQL).
  const bool email = error.constraint == kEmailIndex;
  return {email ? UserError::Kind::EmailTaken : UserError::Kind::UsernameTaken};
}

/// After so many attempts other writers must be at the same keys all the time.
std::unexpected<UserError> gaveUp() {
  return failed(SqlError{SqlError::Kind::Timeout, "others kept taking the same keys"});
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

/// The user as a write may replace it: held until the transaction ends.
net::Task<UserResult<User>> findExpected(platform::SqlSession& session, UserId id,
                                         const ExpectedVersions& expected) {
  UserResult<User> found = co_await findIn(session, id, kFindAndHold);
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
  UserResult<User> old = co_await findExpected(unit, id, expected);
  if (!old) co_return old;
  User changed = *old;
  if (change.username) changed.username = *change.username;
  if (change.email) changed.email = *change.email;
  changed.isActive = change.isActive.value_or(changed.isActive);
  const bool same = changed.username == old->username && changed.email == old->email &&
                    changed.isActive == old->isActive;
  if (same) co_return old;
  const UserResult<void> replaced = co_await replace(unit, changed);
  if (!replaced) co_return std::unexpected(replaced.error());
  ++changed.version;
  auto entry = auditEntry(&*old, &changed, unit.actor(), clock_.now());
  unit.executeAtCommit(auditInsert(std::move(entry)));
  co_return changed;
}

net::Task<UserResult<void>> SqlUserStore::replace(UnitOfWork& unit, const User& changed) {
  const auto usernameKey = userKey(changed.username, rules_);
  const auto emailKey = users::emailKey(changed.email, rules_);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    SqlParameters parameters{changed.id.value, changed.username, changed.email, usernameKey,
                             emailKey,         changed.isActive, clock_.now()};
    SqlResult updated = co_await unit.execute(kUpdate, std::move(parameters));
    if (!updated) co_return std::unexpected(updateError(std::move(updated.error())));
    if ((*updated)->affected() == 1) co_return UserResult<void>();
    UserResult<void> free = co_await checkFree(unit, changed.id, usernameKey, emailKey);
    if (!free) co_return free;
  }
  co_return gaveUp();
}

net::Task<UserResult<void>> SqlUserStore::remove(UnitOfWork& unit, UserId id,
                                                 ExpectedVersions expected) {
  UserResult<User> old = co_await findExpected(unit, id, expected);
  if (!old) co_return std::unexpected(std::move(old.error()));
  unit.executeAtCommit({&kDelete, SqlParameters(1, id.value)});
  auto entry = auditEntry(&*old, nullptr, unit.actor(), clock_.now());
  unit.executeAtCommit(auditInsert(std::move(entry)));
  co_return UserResult<void>();
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
