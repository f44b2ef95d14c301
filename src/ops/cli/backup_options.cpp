#include "ops/cli/backup_options.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "ops/cli/cloud_options.hpp"
#include "ops/cli/exit_codes.hpp"
#include "ops/files/state_file.hpp"
#include "ops/swarm/cloud_backup.hpp"
#include "ops/swarm/socket_swarm.hpp"

namespace slipway::ops {

namespace {

namespace fs = std::filesystem;

void setPath(fs::path& setting, const std::string& option) {
  if (!option.empty()) setting = fs::absolute(option).lexically_normal();
}

Result<BackupSettings> settingsOf(const Stack& stack, const BackupOptions& options) {
  auto settings = backupSettings(stack, processVariables());
  if (!settings) return settings;
  setPath(settings->folder, options.folder);
  setPath(settings->recipients, options.recipients);
  setPath(settings->identity, options.identity);
  setPath(settings->rcloneConfig, options.rcloneConfig);
  if (!options.copyTo.empty()) settings->copyTo = options.copyTo;
  if (options.keepDays.empty()) return settings;
  const auto days = base::parseUnsigned(options.keepDays);
  if (!days || *days == 0 || *days > 3650) {
    return std::unexpected("--keep-days: it is no number from 1 to 3650");
  }
  settings->keep = std::chrono::days(*days);
  return settings;
}

}  // namespace

void addBackupOptions(CLI::App& verb, BackupOptions& options) {
  addStackOptions(verb, options.stack);
  addOption(verb, "--backup-dir", options.folder, "Instead of BACKUP_DIR, backups/<environment>");
  addOption(verb, "--identity", options.identity, "File with age's identity, to decrypt");
}

void addMakingOptions(CLI::App& verb, BackupOptions& options) {
  addOption(verb, "--recipients", options.recipients, "File with age's recipients: encrypts");
  addOption(verb, "--copy-to", options.copyTo, "A folder, or remote:path of rclone");
  addOption(verb, "--rclone-config", options.rcloneConfig, "rclone's configuration file");
  addOption(verb, "--keep-days", options.keepDays,
            "Delete older ones, but never the last good one");
}

int BackupWork::end(std::string_view result, int exitCode, std::string_view text) const {
  outside.reporter.end({.result = result, .text = text, .exitCode = exitCode});
  return exitCode;
}

int BackupWork::fail(const std::string& why) const {
  if (settings.stopped()) return end("interrupted", kExitInterrupted, "interrupted: " + why);
  const bool locked = why.starts_with("locked: ");
  return end("failed", locked ? kExitLocked : kExitFailure, why);
}

Result<OperationLock> lockStack(const BackupWork& work, std::string what, bool breaks) {
  if (const auto made = makeFolders(work.stack.state); !made) return std::unexpected(made.error());
  const LockHolder holder{.who = work.outside.who,
                          .host = work.outside.host,
                          .what = std::move(what),
                          .since = base::isoTime(work.outside.clock.now()),
                          .pid = work.outside.pid};
  return breaks ? OperationLock::seize(work.stack.lock(), holder)
                : OperationLock::take(work.stack.lock(), holder);
}

int withBackups(const CommandContext& context, const BackupOptions& options,
                const std::function<int(BackupWork&)>& work) {
  const auto asked = anyStackRequest(options.stack);
  return withOutsideOf(
      asked, context, options.stack, [&](const StackRequest& request, Outside& outside) {
        const auto stack = findStack(request, outside.variables);
        if (!stack) return context.fail(kExitFailure, stack.error());
        auto settings = settingsOf(*stack, options);
        if (!settings) return context.fail(kExitUsage, settings.error());
        settings->stopped = [&outside] { return outside.clock.interrupted(); };
        const auto socket = engineSocket();
        if (!socket) return context.fail(kExitRefused, socket.error());
        SocketSwarm swarm(*socket, outside.http);
        if (isCloud(options.stack)) {
          auto cloud = findCloudStack(request, outside.variables);
          if (!cloud) return context.fail(kExitRefused, cloud.error());
          useSwarm(*settings, std::move(*cloud),
                   {swarm, outside.engine, outside.http, outside.clock});
        }
        Steps steps(&outside.reporter);
        BackupWork all{
            .stack = *stack, .settings = std::move(*settings), .outside = outside, .steps = steps};
        return work(all);
      });
}

}  // namespace slipway::ops
