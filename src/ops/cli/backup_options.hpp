// Options of the verbs about backups, and how they end.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "ops/backup/backup_settings.hpp"
#include "ops/backup/steps.hpp"
#include "ops/cli/stack_options.hpp"

namespace slipway::ops {

struct BackupOptions {
  StackOptions stack;
  std::string folder;
  std::string recipients;
  std::string identity;
  std::string copyTo;
  std::string rcloneConfig;
  std::string keepDays;
};

/// Those of the stack, --backup-dir and --identity.
void addBackupOptions(CLI::App& verb, BackupOptions& options);
/// --recipients, --copy-to, --rclone-config, --keep-days.
void addMakingOptions(CLI::App& verb, BackupOptions& options);

/// What a verb about backups works with.
struct BackupWork {
  const Stack& stack;
  BackupSettings settings;
  Outside& outside;
  Steps& steps;

  /// Tells how it ended, in one line; gives the exit code back.
  int end(std::string_view result, int exitCode, std::string_view text) const;
  /// As kExitFailure, or kExitInterrupted when somebody stopped it.
  int fail(const std::string& why) const;
};

/// That of everything that changes the stack.
Result<OperationLock> lockStack(const BackupWork& work, std::string what, bool breaks);

int withBackups(const CommandContext& context, const BackupOptions& options,
                const std::function<int(BackupWork&)>& work);

/// For scripts, in --help.
inline constexpr std::string_view kBackupExitCodesHelp =
    "Exit codes: 0 done, 1 not done, nothing was changed, 11 another one is at it, 21 the backup "
    "is\n"
    "no good one, 22 made, but not copied, 23 restored, but something after it is left to do,\n"
    "31 interrupted, nothing was changed, 64 wrong usage.";

}  // namespace slipway::ops
