#include "platform/client_address.hpp"

#include <ranges>

namespace slipway::platform {

namespace {

std::string_view trim(std::string_view text) {
  const auto start = text.find_first_not_of(" \t");
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(" \t") - start + 1);
}

}  // namespace

std::string_view clientAddress(const net::Request& request, const IsTrusted& isTrusted) {
  std::string_view client = request.peerAddress;
  if (!isTrusted || !isTrusted(client)) return client;
  // Each proxy appends the address it saw: from the right, the first one that is not ours.
  for (const auto& field : request.headers | std::views::reverse) {
    if (!net::equalsIgnoreCase(field.name, "x-forwarded-for")) continue;
    for (auto list = field.value; !list.empty();) {
      const auto comma = list.rfind(',');
      const auto address = trim(comma == std::string_view::npos ? list : list.substr(comma + 1));
      list = comma == std::string_view::npos ? std::string_view{} : list.substr(0, comma);
      if (address.empty()) continue;
      client = address;
      if (!isTrusted(client)) return client;
    }
  }
  return client;
}

}  // namespace slipway::platform
