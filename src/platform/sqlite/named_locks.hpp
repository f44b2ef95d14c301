// Locks with names that are held or refused, never waited for. Thread-safe; a NamedLock may be
// moved to and released on any thread, and must not outlive its NamedLocks.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

namespace slipway::platform {

class NamedLocks;

class NamedLock {
 public:
  NamedLock() = default;
  NamedLock(NamedLock&& other) noexcept
      : locks_(std::exchange(other.locks_, nullptr)), name_(std::move(other.name_)) {}
  NamedLock& operator=(NamedLock&&) = delete;
  ~NamedLock() { release(); }
  void release();

 private:
  friend class NamedLocks;
  NamedLock(NamedLocks& locks, std::string name) : locks_(&locks), name_(std::move(name)) {}

  NamedLocks* locks_ = nullptr;
  std::string name_;
};

class NamedLocks {
 public:
  /// None when another holds it.
  std::optional<NamedLock> tryLock(std::string name) {
    const std::lock_guard lock(mutex_);
    if (!held_.insert(name).second) return std::nullopt;
    return NamedLock(*this, std::move(name));
  }

 private:
  friend class NamedLock;
  std::mutex mutex_;
  std::unordered_set<std::string> held_;
};

inline void NamedLock::release() {
  if (locks_ == nullptr) return;
  const std::lock_guard lock(locks_->mutex_);
  locks_->held_.erase(name_);
  locks_ = nullptr;
}

}  // namespace slipway::platform
