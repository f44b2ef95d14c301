// After a database was exchanged its cache holds what is not true any more. Blocking.
#pragma once

#include <string>

#include "ops/backup/backup_settings.hpp"
#include "ops/docker/engine.hpp"
#include "ops/http/http_client.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

/// Asks every running container of the service to clear it (DELETE /cache/clear), with a token that
/// each makes for that. Waits until each is ready again first. Error: what is to be done by hand.
Result<std::string> clearCache(const BackupSettings& settings, Engine& engine, HttpClient& http);

}  // namespace slipway::ops
