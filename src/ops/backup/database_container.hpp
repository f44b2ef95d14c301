// A PostgreSQL server in a container, reached through `docker exec` over its own socket as the
// superuser: no port is published and no password is needed. Argument vectors only; names that get
// into SQL are checked first. Blocking, single-threaded.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ops/backup/table_sums.hpp"
#include "ops/process/child_process.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

class DatabaseContainer {
 public:
  /// Of that id or name. `limit` is over each program that is run in it.
  DatabaseContainer(std::string id, std::chrono::milliseconds limit, std::function<bool()> stopped);

  const std::string& id() const { return id_; }
  /// The same, which nobody can stop: to clean up, and for what must not be cut in two.
  DatabaseContainer unstoppable() const;

  /// Programs in it, each by that name in pg_stat_activity. psql reads a script and prints fields
  /// separated by '|'; it ends at the first error.
  ChildCommand psql(std::string_view database) const;
  ChildCommand dump(std::string_view database, std::string_view snapshot, int serverVersion) const;
  /// Reads a dump into an empty database.
  ChildCommand restore(std::string_view database) const;

  /// Runs a script to its end: what it printed.
  Result<std::string> sql(std::string_view database, std::string_view script) const;
  Result<bool> hasDatabase(std::string_view database) const;
  /// An empty one, with the owner and the rights of database/init-prod.sql, and those and the
  /// settings of the database `like`, where there is one of that name.
  Result<> makeDatabase(std::string_view database, std::string_view like) const;
  /// Those that are missing; they may log in where nobody asks for a password.
  Result<> makeRoles(const std::vector<std::string>& roles) const;
  Result<> dropDatabase(std::string_view database) const;
  Result<TableSums> tableSums(std::string_view database) const;
  /// Ends what an earlier program of ours left running in it.
  void endOurSessions() const;

 private:
  ChildCommand inside(std::vector<std::string> arguments) const;

  std::string id_;
  std::chrono::milliseconds limit_;
  std::function<bool()> stopped_;
};

/// Whether it can stand in SQL and in an argument as it is.
bool isPlainName(std::string_view name);

}  // namespace slipway::ops
