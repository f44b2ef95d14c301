// What the kernel lets this process do, and which of it the service does not need: what
// `slipwayd selfcheck` reports. Judging is a pure function; reading asks the kernel.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::service {

struct ProcessRights {
  std::uint32_t userId = 0;                 // effective
  std::uint32_t groupId = 0;                // effective
  std::vector<std::uint32_t> groups;        // supplementary
  std::uint64_t effectiveCapabilities = 0;  // bits as in capabilities(7)
  std::uint64_t boundingCapabilities = 0;
  bool noNewPrivileges = false;
  int seccompMode = 0;                     // 0 off, 1 strict, 2 filter
  bool rootReadOnly = true;                // the file system at /, as it is mounted
  std::vector<std::string> writablePaths;  // of those that should not be
};

/// One right too many.
struct RightsFinding {
  std::string_view id;  // for programs: "root_user"
  std::string problem;
  std::string_view remedy;  // what to set, in Compose's words
};

/// Reads the text of /proc/<pid>/status. Error: the line that is missing or malformed.
std::expected<ProcessRights, std::string> parseProcessStatus(std::string_view text);

/// This process's rights. Error: what could not be read.
std::expected<ProcessRights, std::string> readProcessRights();

std::vector<RightsFinding> findExcessRights(const ProcessRights& rights);

/// "CHOWN, KILL, 41": names of capabilities(7) without CAP_, numbers where there is no name.
std::string capabilityNames(std::uint64_t set);

}  // namespace slipway::service
