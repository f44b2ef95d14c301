// Values on their way to and from PostgreSQL, in its binary formats (texts as they are). Pure
// functions; a PostgresParameters points into the SqlParameters that it was made of.
#pragma once

#include <libpq-fe.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "platform/sql.hpp"

namespace slipway::platform {

/// As PQsendQueryParams takes them. Texts and null have no type of their own: the server works it
/// out.
class PostgresParameters {
 public:
  static constexpr std::size_t kMost = 20;

  /// Of `parameters.size()` no more than kMost.
  explicit PostgresParameters(const SqlParameters& parameters);
  PostgresParameters(const PostgresParameters&) = delete;
  PostgresParameters& operator=(const PostgresParameters&) = delete;

  int count() const { return count_; }
  const Oid* types() const { return types_.data(); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }
  /// Differs between parameters of different types.
  std::uint64_t signature() const { return signature_; }

 private:
  void addInteger(std::size_t index, std::int64_t value);

  int count_ = 0;
  std::uint64_t signature_ = 0;
  std::array<Oid, kMost> types_;
  std::array<const char*, kMost> values_;
  std::array<int, kMost> lengths_;
  std::array<int, kMost> formats_;
  std::array<std::array<char, 8>, kMost> numbers_;
};

/// A text with a NUL: PostgreSQL can't hold it.
bool holdsNul(const SqlParameters& parameters);

/// An int2, int4 or int8, a boolean as 0 or 1.
std::int64_t decodePostgresInteger(std::string_view bytes);
base::Timestamp decodePostgresTimestamp(std::string_view bytes);

}  // namespace slipway::platform
