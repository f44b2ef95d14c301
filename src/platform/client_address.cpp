#include "platform/client_address.hpp"

#include <ranges>

#include "base/text.hpp"

namespace slipway::platform {

std::string_view clientAddress(const net::Request& request, const IsTrusted& isTrusted) {
  std::string_view client = request.peerAddress;
  if (!isTrusted || !isTrusted(client)) return client;
  // Each proxy appends the address it saw: from the right, the first one that is not ours.
  for (const auto& field : request.headers | std::views::reverse) {
    if (!net::equalsIgnoreCase(field.name, "x-forwarded-for")) continue;
    for (auto list = field.value; !list.empty();) {
      const auto comma = list.rfind(',');
      const auto address =
          base::trim(comma == std::string_view::npos ? list : list.substr(comma + 1));
      list = comma == std::string_view::npos ? std::string_view{} : list.substr(0, comma);
      if (address.empty()) continue;
      client = address;
      if (!isTrusted(client)) return client;
    }
  }
  return client;
}

}  // namespace slipway::platform
