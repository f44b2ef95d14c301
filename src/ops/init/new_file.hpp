// Writing a file that must not be there yet: whole or not at all, never over another one, and with
// its owner and mode before anybody can see it.
#pragma once

#include <sys/types.h>

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::ops {

struct Owner {
  uid_t user = 0;
  gid_t group = 0;
};

/// False when there is a file of that name already, which stays as it is. The owner is left to the
/// system when none is given. Error: what failed and why, in one line.
std::expected<bool, std::string> writeNewFile(const std::filesystem::path& path,
                                              std::string_view content, mode_t mode,
                                              std::optional<Owner> owner);

/// Makes the folder unless it is there (then it stays as it is); the folder above must be there.
std::expected<bool, std::string> makeNewFolder(const std::filesystem::path& path, mode_t mode,
                                               std::optional<Owner> owner);

}  // namespace slipway::ops
