#include "ops/init/new_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "ops/files/file_failure.hpp"
#include "ops/files/temporary_file.hpp"

namespace slipway::ops {

std::expected<bool, std::string> writeNewFile(const std::filesystem::path& path,
                                              std::string_view content, mode_t mode,
                                              std::optional<Owner> owner) {
  const TemporaryFile file(path);
  if (!file.isOpen()) return fileFailure("write beside", path);
  // The owner first: changing it would take bits away from the mode.
  if (owner && fchown(file.descriptor(), owner->user, owner->group) != 0) {
    return fileFailure("give away", path);
  }
  if (fchmod(file.descriptor(), mode) != 0) return fileFailure("set the mode of", path);
  if (!writeAll(file.descriptor(), content) || fsync(file.descriptor()) != 0)
    return fileFailure("write", path);
  // Unlike rename, link never replaces what is there.
  if (link(file.path(), path.c_str()) != 0) {
    if (errno == EEXIST) return false;
    return fileFailure("write", path);
  }
  syncFolder(path.parent_path());
  return true;
}

std::expected<bool, std::string> makeNewFolder(const std::filesystem::path& path, mode_t mode,
                                               std::optional<Owner> owner) {
  if (mkdir(path.c_str(), S_IRWXU) != 0) {
    if (errno == EEXIST && std::filesystem::is_directory(path)) return false;
    return fileFailure("make", path);
  }
  if (owner && chown(path.c_str(), owner->user, owner->group) != 0) {
    return fileFailure("give away", path);
  }
  if (chmod(path.c_str(), mode) != 0) return fileFailure("set the mode of", path);
  return true;
}

}  // namespace slipway::ops
