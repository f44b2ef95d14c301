#include "ops/backup/unfinished_restore.hpp"

#include <fmt/format.h>

#include "base/json.hpp"
#include "ops/backup/cache_clear.hpp"
#include "ops/files/state_file.hpp"
#include "ops/files/temporary_file.hpp"
#include "ops/json_members.hpp"

namespace slipway::ops {

namespace fs = std::filesystem;

Result<> keepUnfinished(const fs::path& file, const UnfinishedRestore& restore) {
  if (const auto made = makeFolders(file.parent_path()); !made) return made;
  const auto json = base::Json::object({{"backup", restore.backup}, {"since", restore.since}});
  return replaceFile(file, json.dump() + "\n");
}

Result<std::optional<UnfinishedRestore>> readUnfinished(const fs::path& file) {
  const auto text = readStateFile(file);
  if (!text) return std::unexpected(text.error());
  if (!*text) return std::nullopt;
  // That it is there says enough, whatever it says.
  const auto json = base::readJson(**text).value_or(base::Json());
  return UnfinishedRestore{textIn(json, "backup"), textIn(json, "since")};
}

Result<> endUnfinished(const fs::path& file) {
  std::error_code ec;
  fs::remove(file, ec);
  if (ec) {
    return std::unexpected(fmt::format("cannot remove {}: {}", file.string(), ec.message()));
  }
  syncFolder(file.parent_path());
  return {};
}

Result<std::string> finishRestore(const BackupSettings& settings, Engine& engine,
                                  HttpClient& http) {
  const auto unfinished = readUnfinished(settings.unfinishedRestore);
  if (!unfinished) return std::unexpected(unfinished.error());
  if (!*unfinished) return "";
  const auto what =
      fmt::format("the restore of {}, begun {}, was cut short before the cache was cleared",
                  (*unfinished)->backup, (*unfinished)->since);
  const auto cleared = clearCache(settings, engine, http);
  if (!cleared) return std::unexpected(fmt::format("{}: {}", what, cleared.error()));
  if (const auto ended = endUnfinished(settings.unfinishedRestore); !ended) {
    return std::unexpected(ended.error());
  }
  return fmt::format("{}; it is now: {}", what, *cleared);
}

}  // namespace slipway::ops
