// Users in an SQL database, SQLite or PostgreSQL: the same statements serve both. What uniqueness
// is judged by stands in key columns of its own, filled by the rules. Each change writes an entry
// of the audit log in its transaction. Belongs to one loop; database and clock outlive it.
#pragma once

#include "users/user_rules.hpp"
#include "users/user_store.hpp"

namespace slipway::users {

class SqlUserStore final : public UserStore {
 public:
  SqlUserStore(platform::Database& database, const base::Clock& clock, UserRules rules)
      : database_(database), clock_(clock), rules_(rules) {}

  net::Task<UserResult<FoundUser>> find(UserId id, const platform::RequestSpan* span) override;
  net::Task<UserResult<std::vector<User>>> list(UserQuery query,
                                                const platform::RequestSpan* span) override;
  net::Task<UserResult<User>> create(platform::UnitOfWork& unit, NewUser user) override;
  net::Task<UserResult<User>> update(platform::UnitOfWork& unit, UserId id, UserChange change,
                                     ExpectedVersions expected) override;
  net::Task<UserResult<void>> remove(platform::UnitOfWork& unit, UserId id,
                                     ExpectedVersions expected) override;

 private:
  /// Of a user whose row is held. `changed` outlives the task.
  net::Task<UserResult<void>> replace(platform::UnitOfWork& unit, const User& changed);
  net::Task<UserResult<void>> checkFree(platform::UnitOfWork& unit, UserId self,
                                        std::string usernameKey, std::string emailKey);

  platform::Database& database_;
  const base::Clock& clock_;
  const UserRules rules_;
};

}  // namespace slipway::users
