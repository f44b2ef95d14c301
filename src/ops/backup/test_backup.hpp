// Backups of tests: files as slipway writes them, with made-up content. For tests only.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "base/digest.hpp"
#include "ops/backup/backup_folder.hpp"
#include "ops/files/file_digest.hpp"

namespace slipway::ops::testing {

inline void writeText(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

inline std::string digestOf(std::string_view text) {
  base::Digest digest;
  digest.add(text);
  return digest.hex();
}

/// Not encrypted; whole and right.
inline Backup makeBackup(const std::filesystem::path& folder, const std::string& name,
                         const std::string& dump = "PGDMP and what follows") {
  const Backup backup{folder,
                      {.name = name,
                       .environment = name.substr(0, name.find('-')),
                       .database = "slipway",
                       .madeAt = "2026-01-02T03:04:05",
                       .reason = "asked for",
                       .program = "slipway",
                       .server = "17.2",
                       .fileBytes = dump.size(),
                       .fileSha256 = digestOf(dump),
                       .dumpBytes = dump.size(),
                       .dumpSha256 = digestOf(dump),
                       .tables = {{"public.users", 1, "5"}}}};
  writeText(backup.dump(), dump);
  writeText(backup.manifestFile(), toJson(backup.manifest).dump());
  return backup;
}

}  // namespace slipway::ops::testing
