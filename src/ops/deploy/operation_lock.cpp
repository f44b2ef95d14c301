#include "ops/deploy/operation_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/json.hpp"
#include "base/text.hpp"
#include "ops/files/file_failure.hpp"
#include "ops/files/temporary_file.hpp"

namespace slipway::ops {

namespace {

namespace fs = std::filesystem;

std::string textOf(const base::Json& json, std::string_view key) {
  const auto* member = json.find(key);
  return member != nullptr && member->isString() ? base::printable(member->asString()) : "?";
}

LockHolder readHolder(int descriptor) {
  std::array<char, 4096> buffer{};
  const auto size = pread(descriptor, buffer.data(), buffer.size(), 0);
  const auto json = base::readJson({buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0});
  const auto found = json.value_or(base::Json::object());
  const auto* pid = found.find("pid");
  return {.who = textOf(found, "who"),
          .host = textOf(found, "host"),
          .what = textOf(found, "what"),
          .since = textOf(found, "since"),
          .pid = pid != nullptr && pid->fitsInt64() ? static_cast<int>(pid->asInt64()) : 0};
}

bool writeHolder(int descriptor, const LockHolder& holder) {
  const auto text = base::Json::object({{"who", holder.who},
                                        {"host", holder.host},
                                        {"what", holder.what},
                                        {"since", holder.since},
                                        {"pid", holder.pid}})
                        .dump();
  return ftruncate(descriptor, 0) == 0 && lseek(descriptor, 0, SEEK_SET) == 0 &&
         writeAll(descriptor, text + "\n");
}

bool isThatFile(int descriptor, const fs::path& path) {
  struct stat open{};
  struct stat named{};
  return fstat(descriptor, &open) == 0 && stat(path.c_str(), &named) == 0 &&
         open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

}  // namespace

std::string inWords(const LockHolder& holder) {
  return fmt::format("{}, by {} on {} since {} (pid {})", holder.what, holder.who, holder.host,
                     holder.since, holder.pid);
}

OperationLock::OperationLock(OperationLock&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

OperationLock::~OperationLock() {
  if (descriptor_ < 0) return;
  if (isOurs() && ftruncate(descriptor_, 0) != 0) {
    // Only what people read is left; the lock itself goes.
  }
  close(descriptor_);
}

bool OperationLock::isOurs() const { return isThatFile(descriptor_, path_); }

Result<OperationLock> OperationLock::take(const fs::path& path, const LockHolder& holder) {
  // Without O_CLOEXEC: programs that this one runs keep the lock until they end.
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT, 0644);
  if (descriptor < 0) return fileFailure("open", path);
  OperationLock lock(path, descriptor);
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    const auto other = errno == EWOULDBLOCK ? readHolder(descriptor) : LockHolder{};
    lock.path_.clear();  // not ours: leave what it says
    if (other.what.empty()) return fileFailure("lock", path);
    return std::unexpected(fmt::format(
        "locked: {}; wait for it, or break the lock with --break-lock if that process hangs",
        inWords(other)));
  }
  // Broken between the two calls: the name is another file's now.
  if (!lock.isOurs()) return take(path, holder);
  if (!writeHolder(descriptor, holder)) return fileFailure("write", path);
  return lock;
}

Result<OperationLock> OperationLock::seize(const fs::path& path, const LockHolder& holder) {
  if (unlink(path.c_str()) != 0 && errno != ENOENT) {
    return fileFailure("remove", path);
  }
  return take(path, holder);
}

std::optional<LockHolder> OperationLock::holderOf(const fs::path& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  std::optional<LockHolder> holder;
  if (flock(descriptor, LOCK_SH | LOCK_NB) != 0) holder = readHolder(descriptor);
  close(descriptor);
  return holder;
}

}  // namespace slipway::ops
