#include "ops/deploy/proxy_switch.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "base/text.hpp"
#include "ops/files/file_failure.hpp"
#include "ops/files/state_file.hpp"
#include "ops/files/temporary_file.hpp"

namespace slipway::ops {

namespace {

namespace fs = std::filesystem;

// The program itself gives up after 20 s of waiting for others and 10 s for its workers.
constexpr std::chrono::seconds kSwitchLimit{35};
constexpr std::chrono::seconds kBackLimit{60};

Result<> tellProxy(Run& run) {
  const auto found = run.look();
  if (!found) return std::unexpected(found.error());
  const auto proxies = found->of("proxy");
  if (proxies.empty() || !proxies.front().isRunning()) {
    return std::unexpected("the proxy does not run: docker compose up -d proxy");
  }
  const auto done = run.engine.exec(proxies.front().id, {"switch-upstream"}, kSwitchLimit);
  if (!done) return std::unexpected(done.error());
  if (done->exitCode == 0) return {};
  return std::unexpected(
      fmt::format("the proxy does not switch: {}", base::printable(base::trim(done->err), 300)));
}

/// A second name for the file as it is now.
void keepBefore(const Stack& stack) {
  std::error_code ignored;
  fs::remove(stack.hostsBefore(), ignored);
  fs::create_hard_link(stack.hosts(), stack.hostsBefore(), ignored);
}

/// By renaming what was kept, where that is what is wanted; otherwise by writing it.
Result<> putBack(const Stack& stack, const std::string& hosts) {
  const auto now = readStateFile(stack.hosts());
  if (now && *now == hosts) return {};
  const auto kept = readStateFile(stack.hostsBefore());
  if (!kept || *kept != hosts) return replaceFile(stack.hosts(), hosts);
  if (std::rename(stack.hostsBefore().c_str(), stack.hosts().c_str()) != 0) {
    return fileFailure("replace", stack.hosts());
  }
  syncFolder(stack.hosts().parent_path());
  return {};
}

}  // namespace

Result<> sendRequestsTo(Run& run, const std::string& hosts) {
  const auto before = readStateFile(run.stack.hosts());
  if (!before) return std::unexpected(before.error());
  keepBefore(run.stack);
  if (const auto written = replaceFile(run.stack.hosts(), hosts); !written) return written;
  auto told = tellProxy(run);
  if (told) return told;
  if (!*before) {
    std::error_code ignored;
    fs::remove(run.stack.hosts(), ignored);
  } else if (const auto back = putBack(run.stack, **before); !back) {
    run.reporter.note(back.error());
  }
  return told;
}

Result<> sendRequestsBack(Run& run, const std::string& hosts) {
  std::string last;
  const auto tried = [&]() -> Result<std::optional<std::string>> {
    auto done = putBack(run.stack, hosts);
    if (done) done = tellProxy(run);
    if (done) return "";
    last = done.error();
    run.reporter.progress(last);
    return std::nullopt;
  };
  const auto back = waitUntil(run, "the proxy can't be told", kBackLimit, tried);
  if (back) return {};
  return std::unexpected(last.empty() ? back.error() : last);
}

}  // namespace slipway::ops
