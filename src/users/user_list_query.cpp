#include "users/user_list_query.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <limits>
#include <utility>

#include "base/utf8.hpp"

namespace slipway::users {

using platform::SqlParameters;
using platform::Statement;

namespace {

constexpr std::string_view kColumns = "id, username, email, is_active, created_at, version";

enum Filter : unsigned {
  ByUsername = 1,
  ByEmail = 2,
  ByPrefix = 4,
  ByLongPrefix = 8,  // besides ByPrefix
  ByActive = 16,
  InWindow = 32
};
constexpr unsigned kVariants = 64;

/// $1 after, $2 limit, $3 skip; then what the filters take, in the order of parameters().
std::string listSql(unsigned filters) {
  int next = 4;
  std::string where;
  if ((filters & ByUsername) != 0) where += fmt::format(" AND username_key = ${}", next++);
  if ((filters & ByEmail) != 0) where += fmt::format(" AND email_key = ${}", next++);
  if ((filters & ByPrefix) != 0) {
    where += fmt::format(
        " AND (username_key >= ${} AND username_key < ${} OR email_key >= ${} AND email_key < ${})",
        next, next + 1, next + 2, next + 3);
    next += 4;
  }
  if ((filters & ByLongPrefix) != 0) {
    where += fmt::format(
        " AND (substr(username, 1, length(${0})) = ${0} OR substr(email, 1, length(${0})) = ${0})",
        next++);
  }
  if ((filters & ByActive) != 0) where += fmt::format(" AND is_active = ${}", next++);
  std::string from = "users";
  if ((filters & InWindow) != 0) {
    from = fmt::format("(SELECT * FROM users WHERE id > $1 ORDER BY id LIMIT ${}) AS page", next);
  }
  // The plus keeps the planner from walking the whole table by id for the sake of the order.
  const bool byIndex = (filters & (ByPrefix | InWindow)) == ByPrefix;
  return fmt::format("SELECT {} FROM {} WHERE {}id > $1{} ORDER BY id LIMIT $2 OFFSET $3", kColumns,
                     from, byIndex ? "+" : "", where);
}

std::string listName(unsigned filters) {
  std::string name = "users.list";
  if ((filters & ByUsername) != 0) name += ".username";
  if ((filters & ByEmail) != 0) name += ".email";
  if ((filters & ByPrefix) != 0) name += ".prefix";
  if ((filters & ByLongPrefix) != 0) name += ".long";
  if ((filters & ByActive) != 0) name += ".active";
  if ((filters & InWindow) != 0) name += ".window";
  return name;
}

struct Variant {
  std::string name;
  std::string sql;
};

std::array<Variant, kVariants> makeVariants() {
  std::array<Variant, kVariants> variants;
  for (unsigned filters = 0; filters < kVariants; ++filters) {
    variants[filters].name = listName(filters);
    variants[filters].sql = listSql(filters);
  }
  return variants;
}

std::int64_t saturatingAdd(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::int64_t>::max() : sum;
}

/// Rows to look at before giving a prefix up as rare.
std::int64_t windowRows(const UserQuery& query) {
  constexpr std::int64_t kLeast = 2000;
  constexpr std::int64_t kForEach = 20;
  if (query.skip > kLeast || query.limit > kLeast) return kLeast;
  return kLeast + kForEach * (query.skip + query.limit);
}

}  // namespace

ListSearch::ListSearch(UserQuery query, UserRules rules) : query_(std::move(query)), rules_(rules) {
  if (query_.prefix && !query_.prefix->empty()) prefix_ = prefixKeys(*query_.prefix, rules);
}

unsigned ListSearch::filters(ListScope scope) const {
  return (query_.username ? ByUsername : 0U) | (query_.email ? ByEmail : 0U) |
         (prefix_ ? ByPrefix : 0U) | (prefix_ && prefix_->isCut ? ByLongPrefix : 0U) |
         (query_.isActive ? ByActive : 0U) | (scope == ListScope::Window ? InWindow : 0U);
}

const Statement& ListSearch::statement(ListScope scope) const {
  static const auto variants = [] {
    static const auto texts = makeVariants();
    std::array<Statement, kVariants> statements;
    for (std::size_t i = 0; i < kVariants; ++i) statements[i] = {texts[i].name, texts[i].sql};
    return statements;
  }();
  return variants[filters(scope)];
}

SqlParameters ListSearch::parameters(ListScope scope) const {
  SqlParameters parameters;
  parameters.reserve(12);
  parameters.emplace_back(query_.after.value_or(0));
  parameters.emplace_back(saturatingAdd(query_.limit, 1));
  parameters.emplace_back(query_.skip);
  if (query_.username) parameters.emplace_back(userKey(*query_.username, rules_));
  if (query_.email) parameters.emplace_back(emailKey(*query_.email, rules_));
  if (prefix_) {
    for (const auto* const start : {&prefix_->username, &prefix_->email}) {
      parameters.emplace_back(*start);
      parameters.emplace_back(prefixEnd(*start));
    }
    // Only texts of reference rules, which are their own keys, can be so long.
    if (prefix_->isCut) parameters.emplace_back(*query_.prefix);
  }
  if (query_.isActive) parameters.emplace_back(*query_.isActive);
  if (scope == ListScope::Window) parameters.emplace_back(windowRows(query_));
  return parameters;
}

std::string prefixEnd(std::string_view prefix) {
  constexpr char32_t kLast = 0x10FFFF;
  std::size_t start = prefix.size();
  while (start > 0) {
    --start;
    if ((static_cast<unsigned char>(prefix[start]) & 0xC0) == 0x80) continue;
    const char32_t last = base::decodeUtf8(prefix.substr(start)).value;
    if (last >= kLast) continue;
    std::string end(prefix.substr(0, start));
    base::appendUtf8(end, base::isSurrogate(last + 1) ? 0xE000 : last + 1);
    return end;
  }
  std::string end(prefix);
  for (int i = 0; i < 2; ++i) base::appendUtf8(end, kLast);
  return end;
}

}  // namespace slipway::users
