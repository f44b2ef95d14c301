// Opens connections to PostgreSQL without blocking the loop: names are looked up in the background,
// hosts and their addresses are tried in the URL's order, each for a limited time.
#pragma once

#include <chrono>
#include <expected>
#include <memory>
#include <string>

#include "net/task.hpp"
#include "platform/postgres/postgres_handle.hpp"
#include "platform/postgres/postgres_target.hpp"

namespace slipway::platform {

/// Error: why the last address was no good, for the log.
using PostgresOpened = std::expected<PostgresHandle, std::string>;

/// An open, blocking-free connection (not in pipeline mode). `limit` is for each address and for
/// each look-up. A host that does not satisfy `target_session_attrs` counts as no good.
net::Task<PostgresOpened> openPostgres(std::shared_ptr<const PostgresTarget> target,
                                       std::chrono::milliseconds limit);

}  // namespace slipway::platform
