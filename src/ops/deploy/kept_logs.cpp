#include "ops/deploy/kept_logs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/text.hpp"
#include "ops/files/state_file.hpp"

namespace slipway::ops {

namespace {

namespace fs = std::filesystem;

constexpr int kKeptLines = 200;
constexpr std::size_t kShownLines = 10;
constexpr std::size_t kKeptBytes = std::size_t{64} * 1024;
constexpr std::size_t kKeptFiles = 20;

std::string_view lastLines(std::string_view text, std::size_t count) {
  auto from = text.size();
  while (from > 0 && count > 0) {
    const auto end = text.rfind('\n', from - 1);
    if (from != text.size() || end + 1 != text.size()) --count;
    if (end == std::string_view::npos) return text;
    from = end;
  }
  return text.substr(std::min(from + 1, text.size()));
}

/// The oldest ones go: their names begin with the time.
void removeOldest(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) files.push_back(entry.path());
  std::ranges::sort(files);
  for (std::size_t i = 0; i + kKeptFiles < files.size(); ++i) fs::remove(files[i], ignored);
}

}  // namespace

std::string describeTrouble(const Container& container) {
  std::string text;
  if (container.oomKilled) {
    text = "was killed: out of memory";
  } else if (!container.isRunning()) {
    text = fmt::format("{}, exit code {}", container.status, container.exitCode);
  } else {
    text = container.health == Health::Unhealthy ? "unhealthy" : "runs";
  }
  if (container.restartCount > 0) {
    text += fmt::format(", started again {} times", container.restartCount);
  }
  return text;
}

void keepLogs(Run& run, const std::vector<Container>& containers) {
  if (const auto made = makeFolders(run.stack.logs()); !made) run.reporter.note(made.error());
  for (const auto& container : containers) {
    const auto lines = run.engine.lastLogLines(container.id, kKeptLines);
    if (!lines) {
      run.reporter.note(fmt::format("no log of {}: {}", container.name, lines.error()));
      continue;
    }
    const std::string_view text = *lines;
    const auto kept = text.substr(text.size() - std::min(text.size(), kKeptBytes));
    run.reporter.lastLines(container.name, lastLines(kept, kShownLines));
    const auto path = run.stack.logs() / fmt::format("{}-{}.log", run.operation.id, container.name);
    const auto written = replaceFile(path, kept);
    run.reporter.note(
        written ? fmt::format("the last lines of {} are in {}", container.name, path.string())
                : written.error());
  }
  removeOldest(run.stack.logs());
}

}  // namespace slipway::ops
