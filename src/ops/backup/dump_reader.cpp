#include "ops/backup/dump_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/digest.hpp"
#include "ops/files/file_digest.hpp"
#include "ops/process/child_process.hpp"

namespace slipway::ops {

namespace {

constexpr std::string_view kBad = " is no good backup: ";

using Take = std::function<Result<>(std::string_view)>;

std::unexpected<std::string> bad(const Backup& backup, std::string_view why) {
  return std::unexpected(fmt::format("{}{}{}", backup.dump().string(), kBad, why));
}

/// Checks what passes by.
class Inspector {
 public:
  explicit Inspector(const Backup& backup) : backup_(backup) {}

  void add(std::string_view piece) {
    digest_.add(piece);
    bytes_ += piece.size();
    if (head_.size() < kDumpMagic.size())
      head_ += piece.substr(0, kDumpMagic.size() - head_.size());
  }
  std::uint64_t bytes() const { return bytes_; }

  Result<> judge() {
    const auto& manifest = backup_.manifest;
    if (head_ != kDumpMagic) return bad(backup_, "it does not begin as a dump of PostgreSQL does");
    if (bytes_ != manifest.dumpBytes || digest_.hex() != manifest.dumpSha256) {
      return bad(backup_, "what is in it has another size or checksum than was dumped");
    }
    return {};
  }

 private:
  const Backup& backup_;
  base::Digest digest_;
  std::uint64_t bytes_ = 0;
  std::string head_;
};

Result<> readPlain(const Backup& backup, const BackupSettings& settings, const Take& take) {
  Result<> taken;
  const auto read = readInPieces(backup.dump(), [&](std::string_view piece) {
    taken = take(piece);
    if (taken && settings.stopped()) taken = std::unexpected("interrupted");
    return taken.has_value();
  });
  return read ? taken : std::unexpected(read.error());
}

Result<> readSealed(const Backup& backup, const BackupSettings& settings, const Take& take) {
  if (settings.identity.empty()) {
    return std::unexpected(fmt::format(
        "{} is encrypted: name the file with age's identity (--identity)", backup.manifest.name));
  }
  auto age = ChildProcess::start({.arguments = {"age", "--decrypt", "--identity",
                                                settings.identity.string(), backup.dump().string()},
                                  .timeout = settings.limit,
                                  .stopped = settings.stopped});
  if (!age) return std::unexpected(age.error());
  while (true) {
    const auto piece = age->read();
    if (!piece) return std::unexpected(piece.error());
    if (piece->empty()) break;
    if (auto taken = take(*piece); !taken) return taken;
  }
  const auto code = age->wait();
  if (!code) return std::unexpected(code.error());
  if (*code != 0) return bad(backup, fmt::format("age cannot decrypt it: {}", age->said()));
  return {};
}

/// The file as it is: before any of its content is believed.
Result<> checkFile(const Backup& backup, const BackupSettings& settings) {
  std::error_code ec;
  const auto bytes = std::filesystem::file_size(backup.dump(), ec);
  if (ec) return bad(backup, ec.message());
  if (bytes != backup.manifest.fileBytes) {
    return bad(backup, fmt::format("it has {} bytes, not {}", bytes, backup.manifest.fileBytes));
  }
  const auto sum = sha256OfFile(backup.dump(), settings.stopped);
  if (!sum) return std::unexpected(sum.error());
  if (*sum != backup.manifest.fileSha256) return bad(backup, "its checksum is another");
  return {};
}

}  // namespace

bool isBadBackup(std::string_view error) { return error.find(kBad) != std::string_view::npos; }

Result<> readDump(const Backup& backup, const BackupSettings& settings, Steps& steps,
                  const Take& take) {
  Inspector inspector(backup);
  const Take inspect = [&](std::string_view piece) {
    inspector.add(piece);
    steps.moved(inspector.bytes(), backup.manifest.dumpBytes);
    return take(piece);
  };
  const auto read = backup.manifest.isEncrypted ? readSealed(backup, settings, inspect)
                                                : readPlain(backup, settings, inspect);
  return read ? inspector.judge() : read;
}

Result<> checkBackup(const Backup& backup, const BackupSettings& settings, Steps& steps) {
  if (auto checked = checkFile(backup, settings); !checked) return checked;
  return readDump(backup, settings, steps, [](std::string_view) { return Result<>(); });
}

}  // namespace slipway::ops
