// A restore whose last step is due: from just before the databases are exchanged until the cache is
// cleared this is kept in the stack's state, so that the next call makes up for one that was killed
// in between. Only with the stack's lock, but for reading.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "ops/backup/backup_settings.hpp"
#include "ops/docker/engine.hpp"
#include "ops/http/http_client.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

struct UnfinishedRestore {
  std::string backup;  // its name
  std::string since;   // ISO 8601, UTC
};

Result<> keepUnfinished(const std::filesystem::path& file, const UnfinishedRestore& restore);
/// Nothing when there is none.
Result<std::optional<UnfinishedRestore>> readUnfinished(const std::filesystem::path& file);
Result<> endUnfinished(const std::filesystem::path& file);

/// Clears the cache and ends it. Gives what was done; empty: there was nothing to do. Error: it
/// stays as it is, and what is to be done first.
Result<std::string> finishRestore(const BackupSettings& settings, Engine& engine, HttpClient& http);

}  // namespace slipway::ops
