#include "platform/next_page.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace slipway::platform {

std::string nextPageLink(const net::Request& request, std::string_view path, std::int64_t last) {
  std::string target = fmt::format("{}?", path);
  for (std::string_view rest = request.query; !rest.empty();) {
    const auto pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    const auto name = pair.substr(0, pair.find('='));
    if (pair.empty() || name == "skip" || name == "after") continue;
    for (const char c : pair) {
      // What a client sent unescaped must not end the link early.
      if (c == '<' || c == '>' || c == '"' || static_cast<unsigned char>(c) > 0x7e) {
        target += fmt::format("%{:02X}", static_cast<unsigned char>(c));
      } else {
        target.push_back(c);
      }
    }
    target.push_back('&');
  }
  return fmt::format("<{}after={}>; rel=\"next\"", target, last);
}

}  // namespace slipway::platform
