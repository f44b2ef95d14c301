#include "platform/postgres/postgres_rows.hpp"

#include "base/text.hpp"
#include "platform/postgres/postgres_values.hpp"

namespace slipway::platform {

namespace {

constexpr Oid kJsonb = 3802;  // its binary form is a version byte, then the text

}  // namespace

// libpq answers a row or column that is not there with null and length 0.
std::string_view PostgresRows::bytes(std::size_t row, std::size_t column) const {
  const auto r = static_cast<int>(row);
  const auto c = static_cast<int>(column);
  const char* const value = PQgetvalue(result_.get(), r, c);
  if (value == nullptr) return {};
  return {value, static_cast<std::size_t>(PQgetlength(result_.get(), r, c))};
}

std::size_t PostgresRows::size() const {
  return static_cast<std::size_t>(PQntuples(result_.get()));
}

bool PostgresRows::isNull(std::size_t row, std::size_t column) const {
  return PQgetisnull(result_.get(), static_cast<int>(row), static_cast<int>(column)) == 1;
}

std::int64_t PostgresRows::integer(std::size_t row, std::size_t column) const {
  return decodePostgresInteger(bytes(row, column));
}

bool PostgresRows::boolean(std::size_t row, std::size_t column) const {
  return decodePostgresInteger(bytes(row, column)) != 0;
}

std::string_view PostgresRows::text(std::size_t row, std::size_t column) const {
  auto value = bytes(row, column);
  if (!value.empty() && PQftype(result_.get(), static_cast<int>(column)) == kJsonb) {
    value.remove_prefix(1);
  }
  return value;
}

base::Timestamp PostgresRows::timestamp(std::size_t row, std::size_t column) const {
  return decodePostgresTimestamp(bytes(row, column));
}

std::int64_t PostgresRows::affected() const {
  const auto count = base::parseUnsigned(PQcmdTuples(result_.get()));
  return static_cast<std::int64_t>(count.value_or(0));
}

std::string_view PostgresRows::commandTag() const { return PQcmdStatus(result_.get()); }

}  // namespace slipway::platform
