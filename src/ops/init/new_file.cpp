#include "ops/init/new_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace slipway::ops {

namespace {

std::unexpected<std::string> failure(std::string_view what, const std::filesystem::path& path) {
  return std::unexpected(fmt::format("cannot {} {}: {}", what, path.string(), strerror(errno)));
}

/// A file that goes away with this object; linked to its real name before, it stays there.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::filesystem::path& beside)
      : path_((beside.parent_path() / ("." + beside.filename().string() + ".XXXXXX")).string()),
        descriptor_(mkostemp(path_.data(), O_CLOEXEC)) {}
  ~TemporaryFile() {
    if (descriptor_ < 0) return;
    close(descriptor_);
    unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  bool isOpen() const { return descriptor_ >= 0; }
  const char* path() const { return path_.c_str(); }
  int descriptor() const { return descriptor_; }

  bool write(std::string_view content) const {
    while (!content.empty()) {
      const auto written = ::write(descriptor_, content.data(), content.size());
      if (written < 0 && errno != EINTR) return false;
      if (written > 0) content.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }

 private:
  std::string path_;
  int descriptor_;
};

/// So that the name survives a power failure as the content does.
void syncFolder(const std::filesystem::path& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  fsync(descriptor);
  close(descriptor);
}

}  // namespace

std::expected<bool, std::string> writeNewFile(const std::filesystem::path& path,
                                              std::string_view content, mode_t mode,
                                              std::optional<Owner> owner) {
  const TemporaryFile file(path);
  if (!file.isOpen()) return failure("write beside", path);
  // The owner first: changing it would take bits away from the mode.
  if (owner && fchown(file.descriptor(), owner->user, owner->group) != 0) {
    return failure("give away", path);
  }
  if (fchmod(file.descriptor(), mode) != 0) return failure("set the mode of", path);
  if (!file.write(content) || fsync(file.descriptor()) != 0) return failure("write", path);
  // Unlike rename, link never replaces what is there.
  if (link(file.path(), path.c_str()) != 0) {
    if (errno == EEXIST) return false;
    return failure("write", path);
  }
  syncFolder(path.parent_path());
  return true;
}

std::expected<bool, std::string> makeNewFolder(const std::filesystem::path& path, mode_t mode,
                                               std::optional<Owner> owner) {
  if (mkdir(path.c_str(), S_IRWXU) != 0) {
    if (errno == EEXIST && std::filesystem::is_directory(path)) return false;
    return failure("make", path);
  }
  if (owner && chown(path.c_str(), owner->user, owner->group) != 0) {
    return failure("give away", path);
  }
  if (chmod(path.c_str(), mode) != 0) return failure("set the mode of", path);
  return true;
}

}  // namespace slipway::ops
