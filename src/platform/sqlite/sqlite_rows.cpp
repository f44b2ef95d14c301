#include "platform/sqlite/sqlite_rows.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

#include <chrono>

namespace slipway::platform {

void SqliteRows::append(SQLite::Statement& statement) {
  for (std::size_t i = 0; i < columns_; ++i) {
    const SQLite::Column column = statement.getColumn(static_cast<int>(i));
    Cell& cell = cells_.emplace_back();
    const int type = column.getType();
    cell.isNull = type == SQLITE_NULL;
    if (type == SQLITE_INTEGER) {
      cell.integer = column.getInt64();
    } else if (!cell.isNull) {
      const char* text = column.getText();  // before getBytes: it may convert
      cell.integer = static_cast<std::int64_t>(texts_.size());
      cell.textBytes = static_cast<std::size_t>(column.getBytes());
      texts_.append(text, cell.textBytes);
    }
  }
  ++size_;
}

bool SqliteRows::isNull(std::size_t row, std::size_t column) const {
  return cell(row, column).isNull;
}

std::int64_t SqliteRows::integer(std::size_t row, std::size_t column) const {
  return cell(row, column).integer;
}

bool SqliteRows::boolean(std::size_t row, std::size_t column) const {
  return cell(row, column).integer != 0;
}

std::string_view SqliteRows::text(std::size_t row, std::size_t column) const {
  const Cell& found = cell(row, column);
  if (found.textBytes == 0) return {};
  return std::string_view(texts_).substr(static_cast<std::size_t>(found.integer), found.textBytes);
}

base::Timestamp SqliteRows::timestamp(std::size_t row, std::size_t column) const {
  return base::Timestamp(std::chrono::microseconds(cell(row, column).integer));
}

}  // namespace slipway::platform
