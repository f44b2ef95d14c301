#include "ops/files/state_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "ops/files/file_failure.hpp"
#include "ops/files/temporary_file.hpp"

namespace slipway::ops {

namespace {

namespace fs = std::filesystem;

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  bool isOpen() const { return descriptor_ >= 0; }
  int get() const { return descriptor_; }

 private:
  const int descriptor_;
};

bool endsInsideALine(int descriptor) {
  const auto size = lseek(descriptor, 0, SEEK_END);
  char last = '\n';
  return size > 0 && pread(descriptor, &last, 1, size - 1) == 1 && last != '\n';
}

/// Mode and owner of the old file; the owner only where that is allowed.
bool takeOver(int descriptor, const fs::path& old, mode_t modeOfNew) {
  struct stat before{};
  if (stat(old.c_str(), &before) != 0) return fchmod(descriptor, modeOfNew) == 0;
  const bool given = fchown(descriptor, before.st_uid, before.st_gid) == 0;
  return fchmod(descriptor, before.st_mode & (given ? 07777U : 0777U)) == 0;
}

}  // namespace

Result<> replaceFile(const fs::path& path, std::string_view content, mode_t mode) {
  const TemporaryFile file(path);
  if (!file.isOpen()) return fileFailure("write beside", path);
  if (!takeOver(file.descriptor(), path, mode)) return fileFailure("set the mode of", path);
  if (!writeAll(file.descriptor(), content) || fsync(file.descriptor()) != 0) {
    return fileFailure("write", path);
  }
  if (std::rename(file.path(), path.c_str()) != 0) return fileFailure("replace", path);
  syncFolder(path.parent_path());
  return {};
}

Result<> appendLine(const fs::path& path, std::string_view line) {
  const Descriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!file.isOpen()) return fileFailure("open", path);
  std::string text = endsInsideALine(file.get()) ? "\n" : "";
  text.append(line).append("\n");
  if (!writeAll(file.get(), text) || fsync(file.get()) != 0) return fileFailure("write", path);
  syncFolder(path.parent_path());
  return {};
}

Result<std::optional<std::string>> readStateFile(const fs::path& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.isOpen()) {
    if (errno == ENOENT) return std::nullopt;
    return fileFailure("read", path);
  }
  std::string content;
  char buffer[16384];
  while (true) {
    const auto count = ::read(file.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fileFailure("read", path);
    if (count == 0) return content;
    content.append(buffer, static_cast<std::size_t>(count));
    if (content.size() > kMaxStateFileBytes) {
      return std::unexpected(fmt::format("{} is larger than {} MiB: move it away", path.string(),
                                         kMaxStateFileBytes >> 20U));
    }
  }
}

Result<> makeFolders(const fs::path& path) {
  std::error_code ec;
  fs::create_directories(path, ec);
  if (ec) return std::unexpected(fmt::format("cannot make {}: {}", path.string(), ec.message()));
  return {};
}

}  // namespace slipway::ops
