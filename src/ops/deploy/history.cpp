#include "ops/deploy/history.hpp"

#include <algorithm>
#include <ranges>

#include "base/text.hpp"
#include "ops/files/state_file.hpp"
#include "ops/json_members.hpp"

namespace slipway::ops {

namespace {

using base::Json;

Json releaseJson(const Release& release) {
  if (release.version.empty()) return {};
  return Json::object(
      {{"version", release.version}, {"image", release.image}, {"program", release.program}});
}

Release readRelease(const Json& json) {
  return {textIn(json, "version"), textIn(json, "image"), textIn(json, "program")};
}

HistoryEntry readEntry(const Json& json) {
  return {.time = textIn(json, "time"),
          .id = textIn(json, "id"),
          .verb = textIn(json, "verb"),
          .who = textIn(json, "who"),
          .host = textIn(json, "host"),
          .strategy = textIn(json, "strategy"),
          .from = readRelease(objectIn(json, "from")),
          .to = readRelease(objectIn(json, "to")),
          .colour = textIn(json, "colour"),
          .result = textIn(json, "result"),
          .step = textIn(json, "step"),
          .reason = textIn(json, "reason"),
          .seconds = realIn(json, "seconds")};
}

}  // namespace

bool HistoryEntry::isChange() const {
  return result == "deployed" || result == "undecided" || result == "rolled back";
}

Json toJson(const HistoryEntry& entry) {
  return Json::object({{"time", entry.time},
                       {"id", entry.id},
                       {"verb", entry.verb},
                       {"who", entry.who},
                       {"host", entry.host},
                       {"strategy", entry.strategy},
                       {"from", releaseJson(entry.from)},
                       {"to", releaseJson(entry.to)},
                       {"colour", entry.colour},
                       {"result", entry.result},
                       {"step", entry.step},
                       {"reason", entry.reason},
                       {"seconds", entry.seconds}});
}

Result<History> readHistory(const std::filesystem::path& path) {
  const auto content = readStateFile(path);
  if (!content) return std::unexpected(content.error());
  History history;
  if (!*content) return history;
  for (const auto line : base::splitList(**content, '\n')) {
    const auto json = base::readJson(line);
    if (json && json->isObject()) {
      history.entries.push_back(readEntry(*json));
    } else {
      ++history.unreadable;
    }
  }
  return history;
}

Result<> addToHistory(const std::filesystem::path& path, const HistoryEntry& entry) {
  return appendLine(path, toJson(entry).dump());
}

std::vector<Release> lastReleases(const History& history, std::size_t count) {
  std::vector<Release> releases;
  for (const auto& entry : history.entries | std::views::reverse) {
    if (!entry.isChange() || releases.size() == count) continue;
    const auto known = [&](const Release& other) { return other.version == entry.to.version; };
    if (std::ranges::none_of(releases, known)) releases.push_back(entry.to);
  }
  return releases;
}

}  // namespace slipway::ops
