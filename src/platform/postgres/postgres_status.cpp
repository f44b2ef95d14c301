#include "platform/postgres/postgres_status.hpp"

#include "platform/log.hpp"

namespace slipway::platform {

void PostgresStatus::lost(std::string_view reason) {
  const std::lock_guard lock(mutex_);
  if (lostLoops_++ > 0) return;
  since_ = std::chrono::steady_clock::now();
  if (logger_ != nullptr) logger_->warning("Database lost", {{"reason", reason}});
}

void PostgresStatus::back() {
  const std::lock_guard lock(mutex_);
  if (--lostLoops_ > 0 || logger_ == nullptr) return;
  const std::chrono::duration<double> away = std::chrono::steady_clock::now() - since_;
  logger_->info("Database is back", {{"seconds", away.count()}});
}

void PostgresStatus::down(std::string_view reason) {
  const std::lock_guard lock(mutex_);
  ++downLoops_;
  downReason_ = reason;
}

void PostgresStatus::up() {
  const std::lock_guard lock(mutex_);
  --downLoops_;
}

Health PostgresStatus::health() const {
  const std::lock_guard lock(mutex_);
  if (downLoops_ == 0) return {};
  return std::unexpected("an event loop can't reach it: " + downReason_);
}

}  // namespace slipway::platform
