#include "ops/backup/table_sums.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "ops/json_members.hpp"

namespace slipway::ops {

namespace {

using base::Json;

// A row's text depends on these settings and on nothing else; what extensions own is not dumped.
constexpr std::string_view kQuery = R"(
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
SET IntervalStyle = 'postgres';
SET extra_float_digits = 1;
SET bytea_output = 'hex';
SET search_path = pg_catalog;
SELECT format($$SELECT %L, count(*), coalesce(sum(('x' || left(encode(sha256(convert_to(
    (slipway_row.*)::text, 'UTF8')), 'hex'), 15))::bit(60)::bigint::numeric), 0)
    FROM ONLY %I.%I AS slipway_row$$, format('%I.%I', n.nspname, c.relname), n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                  AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C" \gexec
)";

bool isNumber(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::string_view tableSumsQuery() { return kQuery; }

Result<TableSum> readTableSum(std::string_view line) {
  const auto last = line.rfind('|');
  const auto middle = last == std::string_view::npos || last == 0 ? std::string_view::npos
                                                                  : line.rfind('|', last - 1);
  const auto bad = std::unexpected(
      fmt::format("psql says '{}', which is no count of a table", base::printable(line)));
  if (middle == std::string_view::npos || middle == 0) return bad;
  const auto rows = base::parseUnsigned(line.substr(middle + 1, last - middle - 1));
  const auto sum = line.substr(last + 1);
  if (!rows || !isNumber(sum)) return bad;
  return TableSum{std::string(line.substr(0, middle)), *rows, std::string(sum)};
}

std::vector<std::string> differences(const TableSums& expected, const TableSums& found) {
  std::vector<std::string> all;
  std::map<std::string_view, const TableSum*> left;
  for (const auto& sum : found) left[sum.table] = &sum;
  for (const auto& wanted : expected) {
    const auto there = left.find(wanted.table);
    if (there == left.end()) {
      all.push_back(fmt::format("{} is not there", wanted.table));
      continue;
    }
    const auto& got = *there->second;
    if (got.rows != wanted.rows) {
      all.push_back(fmt::format("{} has {} rows, not {}", got.table, got.rows, wanted.rows));
    } else if (got.sum != wanted.sum) {
      all.push_back(fmt::format("{} has other rows than were dumped", got.table));
    }
    left.erase(there);
  }
  for (const auto& [table, sum] : left) all.push_back(fmt::format("{} was not dumped", table));
  return all;
}

std::uint64_t rowsIn(const TableSums& sums) {
  std::uint64_t rows = 0;
  for (const auto& sum : sums) rows += sum.rows;
  return rows;
}

Json toJson(const TableSums& sums) {
  auto list = Json::array();
  for (const auto& sum : sums) {
    list.push(Json::object({{"table", sum.table}, {"rows", sum.rows}, {"sum", sum.sum}}));
  }
  return list;
}

Result<TableSums> readTableSums(const Json& json) {
  if (!json.isArray()) return std::unexpected("no list of tables");
  TableSums sums;
  for (const auto& entry : json.asArray()) {
    const auto* const rows = entry.find("rows");
    TableSum sum{textIn(entry, "table"), 0, textIn(entry, "sum")};
    if (sum.table.empty() || !isNumber(sum.sum) || rows == nullptr || !rows->fitsInt64() ||
        rows->asInt64() < 0) {
      return std::unexpected("a table without name, rows or sum");
    }
    sum.rows = static_cast<std::uint64_t>(rows->asInt64());
    sums.push_back(std::move(sum));
  }
  return sums;
}

}  // namespace slipway::ops
