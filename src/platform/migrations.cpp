#include "platform/migrations.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <stdexcept>

#include "base/digest.hpp"
#include "base/release_version.hpp"
#include "platform/embedded_postgres_migrations.hpp"
#include "platform/embedded_sqlite_migrations.hpp"

namespace slipway::platform {

namespace {

/// The text after the label on a line of its own; empty when there is none.
std::string headerLine(std::string_view sql, std::string_view label) {
  const auto at = sql.find(label);
  if (at == std::string_view::npos || (at > 0 && sql[at - 1] != '\n')) return {};
  const auto rest = sql.substr(at + label.size());
  return std::string(rest.substr(0, rest.find_first_of("\r\n")));
}

Migration readMigration(const base::EmbeddedFile& file) {
  Migration migration{.name = file.name, .sql = file.content};
  const auto digits = file.name.substr(0, 4);
  const bool numbered = digits.size() == 4 &&
                        std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  for (const char c : digits) migration.number = migration.number * 10 + (c - '0');
  migration.oldestService = headerLine(file.content, "-- oldest-service: ");
  const auto phase = headerLine(file.content, "-- phase: ");
  migration.isContract = phase == "contract";
  if (!numbered || file.name.size() < 6 || file.name[4] != '_' || !file.name.ends_with(".sql") ||
      !base::parseReleaseVersion(migration.oldestService) ||
      (!phase.empty() && phase != "contract")) {
    throw std::logic_error(
        fmt::format("migration {} must be called NNNN_name.sql and hold a line '-- oldest-service: "
                    "X.Y.Z', and may hold '-- phase: contract'",
                    file.name));
  }
  migration.checksum = base::sha256Hex({file.content});
  return migration;
}

std::string tooNew(const AppliedMigration& newer, std::string_view serviceVersion) {
  return fmt::format(
      "The database is too new for version {}: migration {} needs version {} or newer. Run that "
      "version, or restore a backup from before the migration.",
      serviceVersion, newer.name, newer.oldestService);
}

std::string wasChanged(const Migration& known, const AppliedMigration& applied) {
  return fmt::format(
      "Migration {} is not what was applied to the database (as {}, SHA-256 {:.12}...; this "
      "program "
      "has {:.12}...). Run the program that the database was made with, or put the change into a "
      "new migration.",
      known.name, applied.name, applied.checksum, known.checksum);
}

}  // namespace

std::vector<Migration> readMigrations(std::span<const base::EmbeddedFile> files) {
  std::vector<Migration> migrations;
  for (const auto& file : files) migrations.push_back(readMigration(file));
  std::ranges::sort(migrations, {}, &Migration::number);
  std::int64_t expected = 1;
  for (const auto& migration : migrations) {
    if (migration.number != expected++) {
      throw std::logic_error(fmt::format("migration {:04} is missing", expected - 1));
    }
  }
  return migrations;
}

std::vector<Migration> upTo(std::int64_t last, std::vector<Migration> migrations) {
  std::erase_if(migrations, [last](const auto& migration) { return migration.number > last; });
  return migrations;
}

std::vector<Migration> sqliteMigrations() { return readMigrations(sqlite_migrations::kFiles); }

std::vector<Migration> postgresMigrations() { return readMigrations(postgres_migrations::kFiles); }

std::expected<std::vector<Migration>, std::string> pendingMigrations(
    std::span<const Migration> known, std::span<const AppliedMigration> applied,
    std::string_view serviceVersion) {
  const auto ours = base::parseReleaseVersion(serviceVersion).value_or(base::ReleaseVersion{});
  for (const auto& done : applied) {
    const auto match = std::ranges::find(known, done.number, &Migration::number);
    if (match != known.end()) {
      if (match->checksum != done.checksum) return std::unexpected(wasChanged(*match, done));
      continue;
    }
    const auto oldest = base::parseReleaseVersion(done.oldestService);
    if (!oldest || *oldest > ours) return std::unexpected(tooNew(done, serviceVersion));
  }
  std::vector<Migration> pending;
  for (const auto& migration : known) {
    const auto match = std::ranges::find(applied, migration.number, &AppliedMigration::number);
    if (match == applied.end()) pending.push_back(migration);
  }
  return pending;
}

std::expected<std::vector<Migration>, std::string> applicableBeside(
    std::span<const Migration> pending, std::string_view running) {
  const auto theirs = base::parseReleaseVersion(running).value_or(base::ReleaseVersion{});
  const auto breaks = [&](const Migration& migration) {
    return *base::parseReleaseVersion(migration.oldestService) > theirs;
  };
  const auto first = std::ranges::find_if(pending, breaks);
  const auto blocked =
      std::ranges::find_if(first, pending.end(), std::not_fn(&Migration::isContract));
  if (blocked == pending.end()) return std::vector<Migration>(pending.begin(), first);
  return std::unexpected(fmt::format(
      "Migration {} needs every running version to be {} or newer, and {} runs. Deploy such a "
      "version first.",
      first->name, first->oldestService, running));
}

std::string oldestService(std::span<const AppliedMigration> applied) {
  const auto version = [](const AppliedMigration& migration) {
    return base::parseReleaseVersion(migration.oldestService).value_or(base::ReleaseVersion{});
  };
  const auto newest = std::ranges::max_element(applied, {}, version);
  return newest == applied.end() ? std::string() : newest->oldestService;
}

std::vector<Migration> needed(std::span<const Migration> pending) {
  const auto last =
      std::ranges::find_if(pending.rbegin(), pending.rend(), std::not_fn(&Migration::isContract));
  return {pending.begin(), last.base()};
}

}  // namespace slipway::platform
