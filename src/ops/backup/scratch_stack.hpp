// A database and a service in containers of their own that nobody can reach: they have no network
// but their own loopback, which they share, so that they need no passwords, and nothing is
// published. Both go with this object, the data with them. Blocking, single-threaded.
#pragma once

#include <functional>
#include <string>

#include "ops/backup/backup_settings.hpp"
#include "ops/backup/database_container.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

class ScratchStack {
 public:
  /// A running, empty PostgreSQL with the roles of a stack. Error: why there is none.
  static Result<ScratchStack> start(const BackupSettings& settings);
  ~ScratchStack();
  ScratchStack(ScratchStack&& other) noexcept;
  ScratchStack& operator=(ScratchStack&&) = delete;

  const DatabaseContainer& database() const { return database_; }

  /// Starts the service on that database; it brings the schema up to date. Error: there is no such
  /// image, for instance.
  Result<> startService(const BackupSettings& settings);
  /// Until it is healthy: what it says of itself. Error: with the last that it said.
  Result<std::string> waitForService(const BackupSettings& settings) const;

 private:
  explicit ScratchStack(DatabaseContainer database) : database_(std::move(database)) {}

  DatabaseContainer database_;
  std::string service_;  // its id; empty: none
};

/// Those of earlier calls that were killed.
void removeScratchStacks(const std::string& project);

}  // namespace slipway::ops
