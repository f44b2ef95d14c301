#include "ops/deploy/image_prune.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace slipway::ops {

namespace {

namespace fs = std::filesystem;

std::vector<History> historiesBeside(const Stack& stack) {
  std::vector<History> histories;
  std::error_code ignored;
  for (const auto& folder : fs::directory_iterator(stack.state.parent_path(), ignored)) {
    auto history = readHistory(folder.path() / stack.history().filename());
    if (history) histories.push_back(std::move(*history));
  }
  return histories;
}

}  // namespace

std::vector<std::string> prunable(const std::vector<History>& histories, std::size_t kept) {
  std::set<std::string> needed;
  std::set<std::string> deployed;
  for (const auto& history : histories) {
    for (const auto& release : lastReleases(history, kept)) needed.insert(release.version);
    for (const auto& entry : history.entries) deployed.insert(entry.to.version);
  }
  std::vector<std::string> found;
  std::ranges::set_difference(deployed, needed, std::back_inserter(found));
  std::erase(found, "");
  return found;
}

Result<std::string> pruneImages(Run& run) {
  std::vector<std::string> removed;
  for (const auto& version : prunable(historiesBeside(run.stack), kKeptVersions)) {
    if (version == run.operation.to.version) continue;  // not in the history yet
    if (run.operation.from && version == run.operation.from->version) continue;
    const auto image = run.engine.image(run.stack.image(version));
    if (!image) return std::unexpected(image.error());
    if (!*image) continue;
    const auto gone = run.engine.removeImage(run.stack.image(version));
    if (!gone) return std::unexpected(gone.error());
    if (*gone) removed.push_back(version);
  }
  if (removed.empty()) return "";
  return fmt::format("removed images of {}", fmt::join(removed, ", "));
}

}  // namespace slipway::ops
