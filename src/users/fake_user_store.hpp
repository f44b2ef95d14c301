// Users in a map, for tests of what stands on a UserStore: the same answers as the real store, and
// errors on demand. Writes take effect at once: a unit of work that is rolled back does not undo
// them. One thread.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "users/user_keys.hpp"
#include "users/user_rules.hpp"
#include "users/user_store.hpp"

namespace slipway::users {

class FakeUserStore final : public UserStore {
 public:
  explicit FakeUserStore(const base::Clock& clock, UserRules rules = UserRules::Strict)
      : clock_(clock), rules_(rules) {}

  /// What every call answers from now on; none: the truth.
  std::optional<UserError> failure;
  int reads = 0;  // of single users

  net::Task<UserResult<FoundUser>> find(UserId id, const platform::RequestSpan*) override {
    ++reads;
    if (failure) co_return std::unexpected(*failure);
    const auto found = users_.find(id.value);
    if (found == users_.end()) co_return error(UserError::Kind::NotFound);
    const User& user = found->second;
    co_return FoundUser{.id = id, .version = user.version, .json = userJson(user)};
  }

  net::Task<UserResult<std::vector<User>>> list(UserQuery query,
                                                const platform::RequestSpan*) override {
    if (failure) co_return std::unexpected(*failure);
    std::vector<User> users;
    for (const auto& [id, user] : users_) {
      if (id <= query.after.value_or(0) || !matches(user, query)) continue;
      if (query.skip-- > 0) continue;
      users.push_back(user);
      if (static_cast<std::int64_t>(users.size()) > query.limit) break;
    }
    co_return users;
  }

  net::Task<UserResult<User>> create(platform::UnitOfWork&, NewUser user) override {
    if (failure) co_return std::unexpected(*failure);
    User created{.id = UserId{lastId_ + 1},
                 .username = std::move(user.username),
                 .email = std::move(user.email),
                 .isActive = user.isActive,
                 .createdAt = clock_.now()};
    if (const auto taken = conflict(created)) co_return error(*taken);
    lastId_ = created.id.value;
    users_[lastId_] = created;
    co_return created;
  }

  net::Task<UserResult<User>> update(platform::UnitOfWork&, UserId id, UserChange change,
                                     ExpectedVersions expected) override {
    if (failure) co_return std::unexpected(*failure);
    const auto wrong = check(id, expected);
    if (wrong) co_return error(*wrong);
    User& user = users_[id.value];
    User changed = user;
    if (change.username) changed.username = *change.username;
    if (change.email) changed.email = *change.email;
    changed.isActive = change.isActive.value_or(changed.isActive);
    if (const auto taken = conflict(changed)) co_return error(*taken);
    const bool same = changed.username == user.username && changed.email == user.email &&
                      changed.isActive == user.isActive;
    if (!same) ++changed.version;
    user = changed;
    co_return changed;
  }

  net::Task<UserResult<void>> remove(platform::UnitOfWork&, UserId id,
                                     ExpectedVersions expected) override {
    if (failure) co_return std::unexpected(*failure);
    const auto wrong = check(id, expected);
    if (wrong) co_return error(*wrong);
    users_.erase(id.value);
    co_return UserResult<void>();
  }

 private:
  static std::unexpected<UserError> error(UserError::Kind kind) {
    return std::unexpected(UserError{kind});
  }

  std::string key(const std::string& text) const { return userKey(text, rules_); }

  bool matches(const User& user, const UserQuery& query) const {
    const bool starts = !query.prefix || key(user.username).starts_with(key(*query.prefix)) ||
                        key(user.email).starts_with(key(*query.prefix));
    return starts && (!query.username || key(user.username) == key(*query.username)) &&
           (!query.email || key(user.email) == key(*query.email)) &&
           (!query.isActive || user.isActive == *query.isActive);
  }

  std::optional<UserError::Kind> check(UserId id, const ExpectedVersions& expected) const {
    const auto found = users_.find(id.value);
    if (found == users_.end()) return UserError::Kind::NotFound;
    const bool allowed =
        !expected || std::ranges::find(*expected, found->second.version) != expected->end();
    return allowed ? std::nullopt : std::optional(UserError::Kind::VersionMismatch);
  }

  std::optional<UserError::Kind> conflict(const User& user) const {
    std::optional<UserError::Kind> taken;
    for (const auto& [id, other] : users_) {
      if (id == user.id.value) continue;
      if (key(other.username) == key(user.username)) return UserError::Kind::UsernameTaken;
      if (key(other.email) == key(user.email)) taken = UserError::Kind::EmailTaken;
    }
    return taken;
  }

  const base::Clock& clock_;
  const UserRules rules_;
  std::map<std::int64_t, User> users_;
  std::int64_t lastId_ = 0;
};

}  // namespace slipway::users
