// slipway status and slipway history: what is there, for people and for programs. Only looks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ops/backup/unfinished_restore.hpp"
#include "ops/deploy/history.hpp"
#include "ops/deploy/observed.hpp"
#include "ops/deploy/operation.hpp"
#include "ops/deploy/operation_lock.hpp"

namespace slipway::ops {

struct Status {
  Stack stack;
  Observed observed;
  std::optional<LockHolder> lock;
  std::optional<Operation> unfinished;                 // that is not at work now
  std::optional<UnfinishedRestore> unfinishedRestore;  // as above
  std::optional<HistoryEntry> lastChange;

  /// All containers of what serves are healthy, and nothing was cut short.
  bool isWell() const;
};

Result<Status> readStatus(const Stack& stack, Engine& engine);

base::Json toJson(const Status& status);
std::string inLines(const Status& status);
/// The newest entries first, `count` of them.
std::string inLines(const History& history, std::size_t count);

}  // namespace slipway::ops
