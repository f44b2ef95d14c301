#include "platform/postgres/postgres_statements.hpp"

#include <fmt/format.h>

namespace slipway::platform {

namespace {

constexpr std::size_t kMost = 512;  // far more than the program has

}  // namespace

PostgresPrepared* PostgresStatements::find(const Statement& statement, std::uint64_t signature) {
  const Key key{statement.sql.data(), statement.sql.size(), signature, statement.holds};
  auto found = prepared_.find(key);
  if (found == prepared_.end()) {
    if (prepared_.size() >= kMost) return nullptr;
    found = prepared_.emplace(key, PostgresPrepared{std::string(statement.sql)}).first;
  }
  PostgresPrepared& prepared = found->second;
  if (prepared.sql != statement.sql) {
    prepared = PostgresPrepared{std::string(statement.sql)};
  }
  return &prepared;
}

void PostgresStatements::rename(PostgresPrepared& prepared) {
  prepared.name = fmt::format("s{}", ++names_);
}

}  // namespace slipway::platform
