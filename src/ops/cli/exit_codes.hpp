// What slipway's exit codes mean, for scripts: those of sysexits.h where one fits, as slipwayd's.
#pragma once

#include <string_view>

namespace slipway::ops {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;  // it could not be done
inline constexpr int kExitUsage = 64;   // EX_USAGE: unknown verb or option

inline constexpr std::string_view kExitCodesHelp =
    "Exit codes:\n"
    "  0   done\n"
    "  1   not done: stderr says what and what to do\n"
    "  64  wrong usage: unknown verb or option\n";

}  // namespace slipway::ops
