#include "ops/backup/manifest.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/text.hpp"
#include "ops/json_members.hpp"

namespace slipway::ops {

namespace {

using base::Json;

constexpr std::int64_t kFormat = 1;

bool isSha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// The digits of 20261122T215004Z, or nothing.
std::optional<unsigned> digits(std::string_view text, std::size_t at, std::size_t count) {
  const auto number = base::parseUnsigned(text.substr(at, count));
  if (!number) return std::nullopt;
  return static_cast<unsigned>(*number);
}

std::optional<base::Timestamp> readStamp(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  const auto year = digits(text, 0, 4);
  const auto month = digits(text, 4, 2);
  const auto day = digits(text, 6, 2);
  const auto hour = digits(text, 9, 2);
  const auto minute = digits(text, 11, 2);
  const auto second = digits(text, 13, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  using namespace std::chrono;
  const year_month_day date(std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month),
                            std::chrono::day(*day));
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return base::Timestamp(sys_days(date)) + hours(*hour) + minutes(*minute) + seconds(*second);
}

std::uint64_t sizeIn(const Json& json, std::string_view key) {
  const auto number = numberIn(json, key);
  return number > 0 ? static_cast<std::uint64_t>(number) : 0;
}

Result<> checkManifest(const Manifest& manifest) {
  if (const auto time = timeOfBackup(manifest.name); !time) return std::unexpected(time.error());
  if (manifest.environment.empty() || !manifest.name.starts_with(manifest.environment + "-")) {
    return std::unexpected("its name and its environment do not go together");
  }
  if (!isSha256(manifest.fileSha256) || !isSha256(manifest.dumpSha256) || manifest.fileBytes == 0 ||
      manifest.dumpBytes == 0) {
    return std::unexpected("sizes or checksums are missing");
  }
  return {};
}

}  // namespace

std::string backupName(std::string_view environment, base::Timestamp now) {
  return fmt::format("{}-{:%Y%m%dT%H%M%SZ}", environment,
                     std::chrono::time_point_cast<std::chrono::seconds>(now));
}

Result<base::Timestamp> timeOfBackup(std::string_view name) {
  const auto dash = name.rfind('-');
  const auto time =
      dash == std::string_view::npos ? std::nullopt : readStamp(name.substr(dash + 1));
  if (time) return *time;
  return std::unexpected(fmt::format("'{}' is no backup's name such as production-20260102T030405Z",
                                     base::printable(name)));
}

Json toJson(const Manifest& manifest) {
  auto roles = Json::array();
  for (const auto& role : manifest.roles) roles.push(role);
  return Json::object({{"format", kFormat},
                       {"name", manifest.name},
                       {"environment", manifest.environment},
                       {"database", manifest.database},
                       {"made_at", manifest.madeAt},
                       {"reason", manifest.reason},
                       {"program", manifest.program},
                       {"server", manifest.server},
                       {"encrypted", manifest.isEncrypted},
                       {"file_bytes", manifest.fileBytes},
                       {"file_sha256", manifest.fileSha256},
                       {"dump_bytes", manifest.dumpBytes},
                       {"dump_sha256", manifest.dumpSha256},
                       {"tables", toJson(manifest.tables)},
                       {"roles", std::move(roles)}});
}

Result<Manifest> readManifest(std::string_view text) {
  const auto json = base::readJson(text);
  if (!json || !json->isObject()) return std::unexpected("it is no JSON object");
  if (numberIn(*json, "format") != kFormat) {
    return std::unexpected("it is no manifest of a backup, or one of a newer slipway");
  }
  Manifest manifest{.name = textIn(*json, "name"),
                    .environment = textIn(*json, "environment"),
                    .database = textIn(*json, "database"),
                    .madeAt = textIn(*json, "made_at"),
                    .reason = textIn(*json, "reason"),
                    .program = textIn(*json, "program"),
                    .server = textIn(*json, "server"),
                    .isEncrypted = flagIn(*json, "encrypted"),
                    .fileBytes = sizeIn(*json, "file_bytes"),
                    .fileSha256 = textIn(*json, "file_sha256"),
                    .dumpBytes = sizeIn(*json, "dump_bytes"),
                    .dumpSha256 = textIn(*json, "dump_sha256")};
  const auto* const tables = json->find("tables");
  auto sums = readTableSums(tables != nullptr ? *tables : Json());
  if (!sums) return std::unexpected(sums.error());
  manifest.tables = std::move(*sums);
  for (const auto& role : arrayIn(*json, "roles")) {
    if (role.isString()) manifest.roles.push_back(role.asString());
  }
  if (const auto checked = checkManifest(manifest); !checked) {
    return std::unexpected(checked.error());
  }
  return manifest;
}

}  // namespace slipway::ops
