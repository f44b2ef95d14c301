#include "net/connection_limits.hpp"

namespace slipway::net {

ConnectionLimits::Verdict ConnectionLimits::admit(std::string_view address) {
  const auto verdict = judge(address);
  if (verdict != Verdict::Admitted) refused_.fetch_add(1, std::memory_order_relaxed);
  return verdict;
}

ConnectionLimits::Verdict ConnectionLimits::judge(std::string_view address) {
  if (open_.fetch_add(1, std::memory_order_relaxed) >= total_) {
    open_.fetch_sub(1, std::memory_order_relaxed);
    return Verdict::TooMany;
  }
  if (perAddress_ == 0) return Verdict::Admitted;
  const std::lock_guard lock(mutex_);
  auto& held = byAddress_[std::string(address)];
  if (held >= perAddress_) {
    open_.fetch_sub(1, std::memory_order_relaxed);
    return Verdict::TooManyFromAddress;
  }
  ++held;
  return Verdict::Admitted;
}

void ConnectionLimits::release(std::string_view address, Verdict verdict) {
  if (verdict != Verdict::Admitted) {
    refused_.fetch_sub(1, std::memory_order_relaxed);
    return;
  }
  open_.fetch_sub(1, std::memory_order_relaxed);
  if (perAddress_ == 0) return;
  const std::lock_guard lock(mutex_);
  const auto entry = byAddress_.find(std::string(address));
  if (entry != byAddress_.end() && --entry->second == 0) byAddress_.erase(entry);
}

}  // namespace slipway::net
