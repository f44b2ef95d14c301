// The SQL of GET /users: one statement for each combination of filters, so that every one of them
// is prepared once and planned for its own indexes. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "platform/sql.hpp"
#include "users/user_keys.hpp"
#include "users/user_rules.hpp"
#include "users/user_store.hpp"

namespace slipway::users {

/// Where users with a prefix are looked for. Common prefixes fill a page from the first rows that
/// come (Window, which gives up after some); rare ones are few in the indexes (Everywhere, which
/// collects all matches to sort them by id). Without a prefix there is only Everywhere.
enum class ListScope : std::uint8_t { Window, Everywhere };

/// A UserQuery as the database takes it. Selects up to `limit + 1` users.
class ListSearch {
 public:
  ListSearch(UserQuery query, UserRules rules);

  bool hasPrefix() const { return prefix_.has_value(); }
  std::int64_t limit() const { return query_.limit; }

  /// A constant of the process. Its columns are id, username, email, is_active, created_at,
  /// version.
  const platform::Statement& statement(ListScope scope) const;
  /// The values of its placeholders.
  platform::SqlParameters parameters(ListScope scope) const;

 private:
  unsigned filters(ListScope scope) const;

  const UserQuery query_;
  const UserRules rules_;
  std::optional<PrefixKeys> prefix_;  // none: any user
};

/// A text that is greater than those that start with `prefix` (by bytes, which is by code points).
std::string prefixEnd(std::string_view prefix);

}  // namespace slipway::users
