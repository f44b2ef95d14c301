// What slipwayd's exit codes mean, for scripts: those of sysexits.h where one fits.
#pragma once

#include <string_view>

namespace slipway::service {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;         // the answer is no: unhealthy, too many rights
inline constexpr int kExitUsage = 64;          // EX_USAGE: unknown verb or option
inline constexpr int kExitUnavailable = 69;    // EX_UNAVAILABLE: the database, the port ...
inline constexpr int kExitConfiguration = 78;  // EX_CONFIG: the environment is wrong

inline constexpr std::string_view kExitCodesHelp =
    "Exit codes:\n"
    "  0   done\n"
    "  1   done, and the answer is no (unhealthy, more rights than needed, drain cut short)\n"
    "  64  wrong usage: unknown verb or option\n"
    "  69  something that is needed can't be used (the database, the port)\n"
    "  78  wrong configuration: every problem is listed on stderr\n";

}  // namespace slipway::service
