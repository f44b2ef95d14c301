// What slipway's exit codes mean, for scripts: those of sysexits.h where one fits, as slipwayd's;
// of a deployment, which step failed.
#pragma once

#include <string_view>

namespace slipway::ops {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;  // it could not be done
inline constexpr int kExitUsage = 64;   // EX_USAGE: unknown verb or option

// Of deploy, rollback, finish and recover.
inline constexpr int kExitUndecided = 2;    // deployed; too few requests to compare
inline constexpr int kExitRefused = 10;     // preflight: nothing was changed
inline constexpr int kExitLocked = 11;      // somebody else is at it
inline constexpr int kExitUnfinished = 12;  // an operation was cut short: recover first
inline constexpr int kExitServices = 13;    // database, cache or proxy do not come up
inline constexpr int kExitBackup = 14;
inline constexpr int kExitMigrate = 15;
inline constexpr int kExitStart = 16;  // the new version does not start or get ready
inline constexpr int kExitValidate = 17;
inline constexpr int kExitSwitch = 18;       // the proxy did not take it, or kept the old one
inline constexpr int kExitGuard = 19;        // worse than before
inline constexpr int kExitFinish = 20;       // the new version serves; tidying up failed
inline constexpr int kExitNotUndone = 30;    // a failure could not be undone: recover
inline constexpr int kExitInterrupted = 31;  // by a signal

// Of backup and restore.
inline constexpr int kExitBadBackup = 21;  // not as it was written, or not this stack's
inline constexpr int kExitNotCopied = 22;  // made, but there is no copy of it
inline constexpr int kExitFollowUp = 23;   // restored; something after it is left to do

// Of status.
inline constexpr int kExitUnhealthy = 3;  // not all is well

inline constexpr std::string_view kExitCodesHelp =
    "Exit codes:\n"
    "  0   done\n"
    "  1   not done: stderr says what and what to do\n"
    "  64  wrong usage: unknown verb or option\n";

inline constexpr std::string_view kDeployExitCodesHelp =
    "Exit codes: 0 done; 2 deployed, but too few requests to compare with before.\n"
    "Nothing changed: 10 refused, 11 locked, 12 an operation was cut short (slipway recover).\n"
    "All as before, failed at: 13 services, 14 backup, 15 migrate, 16 start, 17 validate,\n"
    "18 switch, 19 guard. 20 done but for tidying up. 30 failed and not undone (slipway recover),\n"
    "31 interrupted, 64 wrong usage.";

}  // namespace slipway::ops
