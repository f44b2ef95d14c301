// A connection that its thread waits for: what migrations need at start-up. Used by one thread.
#pragma once

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "platform/postgres/postgres_handle.hpp"
#include "platform/postgres/postgres_target.hpp"
#include "platform/sql.hpp"

namespace slipway::platform {

/// A statement failed; what() is for people.
class PostgresFailure : public std::runtime_error {
 public:
  PostgresFailure(SqlError::Kind reason, const std::string& message)
      : std::runtime_error(message), kind(reason) {}
  SqlError::Kind kind;
};

class PostgresBlocking {
 public:
  using Limit = std::optional<std::chrono::milliseconds>;

  /// Throws PostgresFailure (Unavailable) when no host can be used.
  PostgresBlocking(PostgresTarget target, std::chrono::milliseconds connectTimeout);

  /// Runs one statement with text parameters, or, without any, several separated by semicolons.
  /// The result of the last, in text format. Throws PostgresFailure; Timeout after `limit`, and
  /// then the connection is of no use any more.
  PostgresResult run(const std::string& sql, const std::vector<std::string>& parameters = {},
                     Limit limit = {});

 private:
  using Deadline = std::optional<std::chrono::steady_clock::time_point>;
  void waitForAnswer(Deadline deadline);
  void waitForSocket(bool toWrite, Deadline deadline);

  PostgresHandle handle_;
};

}  // namespace slipway::platform
