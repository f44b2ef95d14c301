// The rows of one SQLite result: filled on an engine thread, read on a loop, never both.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "platform/sql.hpp"

namespace SQLite {
class Statement;
}

namespace slipway::platform {

class SqliteRows final : public Rows {
 public:
  explicit SqliteRows(std::size_t columns) : columns_(columns) {}

  /// Copies the row that `statement` stands on.
  void append(SQLite::Statement& statement);
  void setAffected(std::int64_t count) { affected_ = count; }

  std::size_t size() const override { return size_; }
  bool isNull(std::size_t row, std::size_t column) const override;
  std::int64_t integer(std::size_t row, std::size_t column) const override;
  bool boolean(std::size_t row, std::size_t column) const override;
  std::string_view text(std::size_t row, std::size_t column) const override;
  base::Timestamp timestamp(std::size_t row, std::size_t column) const override;
  std::int64_t affected() const override { return affected_; }

 private:
  struct Cell {
    bool isNull = true;
    std::int64_t integer = 0;  // of text: where it begins in texts_
    std::size_t textBytes = 0;
  };
  const Cell& cell(std::size_t row, std::size_t column) const {
    return cells_.at(row * columns_ + column);
  }

  std::size_t columns_;
  std::size_t size_ = 0;
  std::vector<Cell> cells_;
  std::string texts_;  // one after the other: one allocation for a page of rows
  std::int64_t affected_ = 0;
};

}  // namespace slipway::platform
