// What a database holds, as numbers: for each table how many rows there are and a checksum of them
// that does not depend on their order. Pure functions; PostgreSQL does the counting.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

struct TableSum {
  std::string table;  // schema.name, quoted where PostgreSQL would
  std::uint64_t rows = 0;
  std::string sum;  // the sum of 60 bits of each row's SHA-256, in decimal

  auto operator<=>(const TableSum&) const = default;
};

using TableSums = std::vector<TableSum>;  // by name

/// For psql with tuples only, unaligned, fields separated by '|'; in the session's own snapshot.
std::string_view tableSumsQuery();

/// A line of its answer. Error: it is none.
Result<TableSum> readTableSum(std::string_view line);

/// Where `found` is not as `expected`, in words; empty when it is.
std::vector<std::string> differences(const TableSums& expected, const TableSums& found);

std::uint64_t rowsIn(const TableSums& sums);

base::Json toJson(const TableSums& sums);
Result<TableSums> readTableSums(const base::Json& json);

}  // namespace slipway::ops
