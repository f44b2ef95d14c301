// Where users are kept. One object per event loop, called on it only. Reads stand alone; writes
// belong to a unit of work, which commits them. Errors are values; what the caller can act on has
// a kind of its own.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "platform/sql.hpp"
#include "platform/unit_of_work.hpp"
#include "users/user.hpp"

namespace slipway::users {

struct UserError {
  enum class Kind { NotFound, UsernameTaken, EmailTaken, VersionMismatch, InvalidText, Database };
  Kind kind;
  platform::SqlError cause = {};  // Database only
};

template <typename T>
using UserResult = std::expected<T, UserError>;

struct UserQuery {
  std::int64_t skip = 0;
  std::int64_t limit = 100;             // 1..1000
  std::optional<std::int64_t> after;    // ids greater than this, by key
  std::optional<std::string> username;  // exact, as keys compare
  std::optional<std::string> email;     // exact, as keys compare
  std::optional<std::string> prefix;    // of either
  std::optional<bool> isActive;
};

/// Which versions a write may replace (If-Match): nullopt is any.
using ExpectedVersions = std::optional<std::vector<std::int64_t>>;

/// A user as readers get it: printed, because that is what they send and what the cache holds.
struct FoundUser {
  UserId id;
  std::int64_t version = 0;
  std::string json;
  bool fromCache = false;
};

class UserStore {
 public:
  virtual ~UserStore() = default;
  /// `span`: of the request, which outlives the task; null: it is not recorded.
  virtual net::Task<UserResult<FoundUser>> find(UserId id, const platform::RequestSpan* span) = 0;
  /// By ascending id; may return `limit + 1` users so that the caller can tell whether more follow.
  virtual net::Task<UserResult<std::vector<User>>> list(UserQuery query,
                                                        const platform::RequestSpan* span) = 0;
  virtual net::Task<UserResult<User>> create(platform::UnitOfWork& unit, NewUser user) = 0;
  virtual net::Task<UserResult<User>> update(platform::UnitOfWork& unit, UserId id,
                                             UserChange change, ExpectedVersions expected) = 0;
  virtual net::Task<UserResult<void>> remove(platform::UnitOfWork& unit, UserId id,
                                             ExpectedVersions expected) = 0;
};

}  // namespace slipway::users
