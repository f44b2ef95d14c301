// Reads the dump in a backup, decrypting it on the way (age), and refuses what is not the file that
// was written: another size, another checksum, another key, no dump of PostgreSQL. Blocking.
#pragma once

#include <functional>
#include <string_view>

#include "ops/backup/backup_folder.hpp"
#include "ops/backup/backup_settings.hpp"
#include "ops/backup/steps.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

/// Gives the dump to `take`, piece by piece. Error: that of `take`, or what is wrong with the
/// backup; what was given by then is not to be trusted.
Result<> readDump(const Backup& backup, const BackupSettings& settings, Steps& steps,
                  const std::function<Result<>(std::string_view)>& take);

/// Whether it can be restored, as far as the file tells: read to its end, nothing kept.
Result<> checkBackup(const Backup& backup, const BackupSettings& settings, Steps& steps);

/// Whether that error says that it is the backup that is bad, and not that it can't be read here.
bool isBadBackup(std::string_view error);

/// How every dump in the custom format begins.
inline constexpr std::string_view kDumpMagic = "PGDMP";

}  // namespace slipway::ops
