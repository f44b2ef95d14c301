// What is written beside each backup, and makes it one: of what it is, how its file must look, and
// what must be in it. A plain value; JSON on the disk.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/time.hpp"
#include "ops/backup/table_sums.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

struct Manifest {
  std::string name;         // production-20261122T215004Z
  std::string environment;  // production
  std::string database;     // slipway
  std::string madeAt;       // ISO 8601, UTC
  std::string reason;       // "asked for", "before a restore", ...
  std::string program;      // that made it: slipway 0.1.0
  std::string server;       // PostgreSQL's version: 17.2
  bool isEncrypted = false;

  std::uint64_t fileBytes = 0;
  std::string fileSha256;
  std::uint64_t dumpBytes = 0;  // of the dump in it; the same where it is not encrypted
  std::string dumpSha256;
  TableSums tables;
  std::vector<std::string> roles;  // of that server, which the dump may name

  std::string dumpFile() const { return name + (isEncrypted ? ".dump.age" : ".dump"); }
  std::string manifestFile() const { return name + ".json"; }
};

/// production-20261122T215004Z
std::string backupName(std::string_view environment, base::Timestamp now);

/// When a backup of that name was begun. Error: it is no such name.
Result<base::Timestamp> timeOfBackup(std::string_view name);

base::Json toJson(const Manifest& manifest);
/// Error: it is none, or one that this version does not know.
Result<Manifest> readManifest(std::string_view text);

}  // namespace slipway::ops
