#include "platform/redis/redis_debts.hpp"

#include <utility>

namespace slipway::platform {

void RedisDebts::add(Debt debt) {
  const std::lock_guard lock(mutex_);
  if (const auto known = debts_.find(debt.ticket); known != debts_.end()) erase(known);
  if (debts_.size() >= limit_) {
    overflow_ = ++overflows_;
  } else {
    ++keys_[debt.key];
    const auto ticket = debt.ticket;
    debts_.emplace(ticket, std::move(debt));
  }
  count();
}

void RedisDebts::remove(std::uint64_t ticket) {
  if (size() == 0) return;
  const std::lock_guard lock(mutex_);
  if (const auto known = debts_.find(ticket); known != debts_.end()) erase(known);
  count();
}

std::vector<RedisDebts::Debt> RedisDebts::some(std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  std::vector<Debt> some;
  for (const auto& [ticket, debt] : debts_) {
    if (some.size() == limit) break;
    some.push_back(debt);
  }
  return some;
}

void RedisDebts::paid(const std::vector<Debt>& debts) {
  const std::lock_guard lock(mutex_);
  for (const auto& debt : debts) {
    const auto known = debts_.find(debt.ticket);
    if (known != debts_.end() && known->second.kind == debt.kind) erase(known);
  }
  count();
}

std::uint64_t RedisDebts::overflow() const {
  const std::lock_guard lock(mutex_);
  return overflow_;
}

void RedisDebts::overflowPaid(std::uint64_t overflow) {
  const std::lock_guard lock(mutex_);
  if (overflow_ == overflow) overflow_ = 0;
  count();
}

bool RedisDebts::find(std::string_view key) const {
  const std::lock_guard lock(mutex_);
  return overflow_ != 0 || keys_.contains(key);
}

void RedisDebts::erase(std::unordered_map<std::uint64_t, Debt>::iterator debt) {
  const auto key = keys_.find(debt->second.key);
  if (--key->second == 0) keys_.erase(key);
  debts_.erase(debt);
}

void RedisDebts::count() {
  count_.store(debts_.size() + (overflow_ != 0 ? 1 : 0), std::memory_order_release);
}

}  // namespace slipway::platform
