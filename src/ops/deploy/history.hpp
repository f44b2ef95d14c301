// The audit log of a stack: one line of JSON for each operation that ended, only ever added to.
#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "ops/deploy/operation.hpp"
#include "ops/deploy/stack.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

struct HistoryEntry {
  std::string time;  // of the end; ISO 8601, UTC
  std::string id;
  std::string verb;
  std::string who;
  std::string host;
  std::string strategy;
  Release from;  // empty: nothing served before
  Release to;
  std::string colour;  // of `to`
  std::string result;  // deployed, undecided, rolled back, finished; failed, undone, not undone
  std::string step;    // that failed
  std::string reason;
  double seconds = 0;

  /// `to` serves since then.
  bool isChange() const;
};

struct History {
  std::vector<HistoryEntry> entries;  // the oldest first
  std::size_t unreadable = 0;         // lines
};

Result<History> readHistory(const std::filesystem::path& path);
Result<> addToHistory(const std::filesystem::path& path, const HistoryEntry& entry);

base::Json toJson(const HistoryEntry& entry);

/// The last `count` different versions that served, the newest first.
std::vector<Release> lastReleases(const History& history, std::size_t count);

}  // namespace slipway::ops
