// Files that a crash or a power failure must not leave half written: replaced whole, or added to
// line by line. Errors: what failed, where and why, in one line. Single-threaded.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "ops/result.hpp"

namespace slipway::ops {

inline constexpr std::size_t kMaxStateFileBytes = std::size_t{16} * 1024 * 1024;

/// Puts `content` in the place of what is there, in one step: temporary file, fsync, rename. Keeps
/// mode and owner of what was there; `mode` is that of a new file.
Result<> replaceFile(const std::filesystem::path& path, std::string_view content,
                     mode_t mode = 0644);

/// Adds one line and sees to it that it is on the disk. A line that a crash cut short is ended
/// first, so that it spoils no other.
Result<> appendLine(const std::filesystem::path& path, std::string_view line);

/// Nothing when there is no such file. Error also beyond kMaxStateFileBytes.
Result<std::optional<std::string>> readStateFile(const std::filesystem::path& path);

/// Folder and all above it that are missing.
Result<> makeFolders(const std::filesystem::path& path);

}  // namespace slipway::ops
