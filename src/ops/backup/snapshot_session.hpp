// A session that holds one snapshot of a database open, so that pg_dump and the counting see the
// same rows. It ends with this object. Blocking, single-threaded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ops/backup/database_container.hpp"
#include "ops/backup/table_sums.hpp"
#include "ops/process/child_process.hpp"

namespace slipway::ops {

class SnapshotSession {
 public:
  static Result<SnapshotSession> open(const DatabaseContainer& container,
                                      std::string_view database);

  const std::string& snapshot() const { return snapshot_; }
  const std::string& server() const { return server_; }  // "17.2"
  int serverVersion() const { return serverVersion_; }   // 170002
  std::uint64_t databaseBytes() const { return databaseBytes_; }

  Result<TableSums> tableSums();
  /// Of the server, but for its own.
  Result<std::vector<std::string>> roles();
  /// Ends it; an error means that the snapshot may have been lost before.
  Result<> close();

 private:
  explicit SnapshotSession(ChildProcess psql) : psql_(std::move(psql)) {}
  /// The lines that a script prints.
  Result<std::vector<std::string>> ask(std::string_view script);
  Result<> begin();

  ChildProcess psql_;
  std::string snapshot_;
  std::string server_;
  int serverVersion_ = 0;
  std::uint64_t databaseBytes_ = 0;
};

}  // namespace slipway::ops
