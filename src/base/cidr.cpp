#include "base/cidr.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/text.hpp"

namespace slipway::base {

namespace {

constexpr unsigned kMappedBits = 96;  // of ::ffff:0:0/96

bool bitsBeyond(const IpAddress& address, unsigned bits) {
  for (unsigned bit = bits; bit < 128; ++bit) {
    if ((address[bit / 8] & (0x80U >> (bit % 8))) != 0) return true;
  }
  return false;
}

}  // namespace

std::optional<IpAddress> parseAddress(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> spelled{};
  text = text.substr(0, text.find('%'));
  if (text.empty() || text.size() >= spelled.size()) return std::nullopt;
  std::ranges::copy(text, spelled.begin());
  IpAddress address{};
  if (text.find(':') != std::string_view::npos) {
    if (inet_pton(AF_INET6, spelled.data(), address.data()) != 1) return std::nullopt;
    return address;
  }
  address[10] = address[11] = 0xFF;
  if (inet_pton(AF_INET, spelled.data(), address.data() + 12) != 1) return std::nullopt;
  return address;
}

std::expected<Network, std::string> Network::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parseAddress(text.substr(0, slash));
  if (!address || text.substr(0, slash).find('%') != std::string_view::npos) {
    return std::unexpected(fmt::format("'{}' is not an IP address or range", printable(text)));
  }
  if (slash == std::string_view::npos) return Network(*address, 128);
  const unsigned family = text.find(':') == std::string_view::npos ? 32 : 128;
  const auto prefix = parseUnsigned(text.substr(slash + 1));
  if (!prefix || *prefix > family) {
    return std::unexpected(
        fmt::format("'{}': the prefix must be 0 to {}", printable(text), family));
  }
  const auto bits = static_cast<unsigned>(*prefix) + (family == 32 ? kMappedBits : 0);
  // More likely a slip than meant, and whom it would trust depends on it.
  if (bitsBeyond(*address, bits)) {
    return std::unexpected(
        fmt::format("'{}' has bits set beyond its prefix of {}", printable(text), *prefix));
  }
  return Network(*address, bits);
}

bool Network::contains(const IpAddress& address) const {
  const auto whole = bits_ / 8;
  if (std::memcmp(address.data(), address_.data(), whole) != 0) return false;
  const auto rest = bits_ % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xFF00U >> rest);
  return (address[whole] & mask) == address_[whole];
}

bool NetworkSet::contains(std::string_view address) const {
  const auto parsed = parseAddress(address);
  if (!parsed) return false;
  return std::ranges::any_of(networks_,
                             [&](const auto& network) { return network.contains(*parsed); });
}

}  // namespace slipway::base
