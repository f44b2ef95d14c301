// The rows of one result of libpq, decoded when asked for. Lives on one loop.
#pragma once

#include <utility>

#include "platform/postgres/postgres_handle.hpp"
#include "platform/sql.hpp"

namespace slipway::platform {

class PostgresRows final : public Rows {
 public:
  /// Of a result in binary format.
  explicit PostgresRows(PostgresResult result) : result_(std::move(result)) {}

  std::size_t size() const override;
  bool isNull(std::size_t row, std::size_t column) const override;
  std::int64_t integer(std::size_t row, std::size_t column) const override;
  bool boolean(std::size_t row, std::size_t column) const override;
  std::string_view text(std::size_t row, std::size_t column) const override;
  base::Timestamp timestamp(std::size_t row, std::size_t column) const override;
  std::int64_t affected() const override;

  /// `COMMIT`, `ROLLBACK`, `UPDATE 1`
  std::string_view commandTag() const;

 private:
  std::string_view bytes(std::size_t row, std::size_t column) const;

  PostgresResult result_;
};

}  // namespace slipway::platform
