// Exchanges databases by their names, in one transaction: whatever interrupts it, clients find
// either the old one or the new one. Blocking.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ops/backup/database_container.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

/// `fresh` gets the name `current`, and what had it the name `kept`. Sessions on `current` are
/// ended; clients connect anew. Nothing is exchanged when there is an error.
Result<> swapDatabases(const DatabaseContainer& container, std::string_view current,
                       std::string_view fresh, std::string_view kept);

/// Databases whose names begin so.
Result<std::vector<std::string>> databasesNamed(const DatabaseContainer& container,
                                                std::string_view prefix);

}  // namespace slipway::ops
