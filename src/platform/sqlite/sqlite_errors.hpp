// SQLite's result codes as errors of this program. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "platform/sql.hpp"

namespace slipway::platform {

/// By the (extended) result code alone; `message` is only for the log.
SqlError::Kind classifySqlite(int resultCode);

/// "<what>: <message> (<code>)".
SqlError sqliteError(int resultCode, std::string_view what, std::string_view message);

}  // namespace slipway::platform
