#include "ops/backup/restore_dump.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ops/backup/dump_reader.hpp"

namespace slipway::ops {

namespace {

constexpr std::size_t kMostDifferences = 5;

Result<> fill(const Backup& backup, const BackupSettings& settings,
              const DatabaseContainer& container, std::string_view database, Steps& steps) {
  auto restorer = ChildProcess::start(container.restore(database));
  if (!restorer) return std::unexpected(restorer.error());
  const auto read = readDump(backup, settings, steps, [&](std::string_view piece) -> Result<> {
    auto written = restorer->write(piece);
    if (written) return {};
    const auto ended = restorer->finish();  // it says better why it reads no more
    return ended ? written : ended;
  });
  return read ? restorer->finish() : read;
}

Result<> compare(const Backup& backup, const DatabaseContainer& container,
                 std::string_view database) {
  const auto found = container.tableSums(database);
  if (!found) return std::unexpected(found.error());
  auto all = differences(backup.manifest.tables, *found);
  if (all.empty()) return {};
  const auto count = all.size();
  if (count > kMostDifferences) all.resize(kMostDifferences);
  return std::unexpected(
      fmt::format("{} tables are not as they were dumped: {}", count, fmt::join(all, "; ")));
}

}  // namespace

Result<> restoreDump(const Backup& backup, const BackupSettings& settings,
                     const DatabaseContainer& container, std::string_view database, Steps& steps) {
  steps.begin("fill", fmt::format("restore {} into {}", backup.manifest.name, database));
  if (auto filled = fill(backup, settings, container, database, steps); !filled) return filled;
  steps.done(sizeInWords(backup.manifest.dumpBytes));
  steps.begin("compare", "compare with the counts and checksums of the time of the dump");
  if (auto compared = compare(backup, container, database); !compared) return compared;
  steps.done(fmt::format("{} rows in {} tables", rowsIn(backup.manifest.tables),
                         backup.manifest.tables.size()));
  return {};
}

}  // namespace slipway::ops
