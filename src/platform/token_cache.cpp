#include "platform/token_cache.hpp"

#include <functional>

namespace slipway::platform {

TokenCache::TokenCache() : slots_(std::make_unique<std::array<Slot, kSlots>>()) {}

TokenCache::Slot& TokenCache::slotOf(std::string_view token) const {
  return (*slots_)[std::hash<std::string_view>{}(token) % kSlots];
}

std::optional<Claims> TokenCache::find(std::string_view token, TokenTime now) const {
  auto& slot = slotOf(token);
  const std::lock_guard lock(slot.mutex);
  if (token.empty() || now >= slot.expiry) return std::nullopt;
  if (!base::equalsConstantTime(slot.token, token)) return std::nullopt;
  return slot.claims;
}

void TokenCache::add(std::string_view token, const Claims& claims, TokenTime expiry) {
  if (token.size() > kMaxKeptBytes) return;
  auto& slot = slotOf(token);
  const std::lock_guard lock(slot.mutex);
  slot.token = token;
  slot.claims = claims;
  slot.expiry = expiry;
}

}  // namespace slipway::platform
