// Ranges of IP addresses as 10.0.0.0/8 or 2001:db8::/32, and a list of them that addresses are
// looked up in. Plain values, safe to read from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::base {

/// A numeric address. IPv4 is kept as IPv6's mapped form (::ffff:a.b.c.d), so that both spellings
/// of an address are the same one.
using IpAddress = std::array<std::uint8_t, 16>;

/// Numeric addresses only; a zone ("%eth0") is dropped.
std::optional<IpAddress> parseAddress(std::string_view text);

class Network {
 public:
  /// `address/prefix`, or an address alone. Error: what is wrong, for people.
  static std::expected<Network, std::string> parse(std::string_view text);
  bool contains(const IpAddress& address) const;

 private:
  Network(const IpAddress& address, unsigned bits) : address_(address), bits_(bits) {}

  IpAddress address_;
  unsigned bits_;  // of 128
};

class NetworkSet {
 public:
  NetworkSet() = default;
  explicit NetworkSet(std::vector<Network> networks) : networks_(std::move(networks)) {}

  bool empty() const { return networks_.empty(); }
  /// False for what is not a numeric address.
  bool contains(std::string_view address) const;

 private:
  std::vector<Network> networks_;
};

}  // namespace slipway::base
