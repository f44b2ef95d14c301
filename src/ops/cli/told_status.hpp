// What the verb `status` says, of whatever kind of stack.
#pragma once

#include <fmt/ostream.h>

#include "ops/cli/exit_codes.hpp"
#include "ops/cli/stack_options.hpp"

namespace slipway::ops {

/// Tells a status for which there are toJson, inLines and isWell: in lines, or with --json in one
/// object. Its exit code.
template <typename Status>
int tellStatus(const CommandContext& context, const StackOptions& options,
               const Result<Status>& status) {
  if (!status) return context.fail(kExitFailure, status.error());
  if (isGiven(options.json)) {
    fmt::print(context.out, "{}\n", toJson(*status).dump());
  } else {
    fmt::print(context.out, "{}", inLines(*status));
  }
  return status->isWell() ? kExitOk : kExitUnhealthy;
}

}  // namespace slipway::ops
