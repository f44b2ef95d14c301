#include "users/user_codec.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace slipway::users {

namespace {

// layout, is_active, id, version, created_at (8 bytes each, little-endian), bytes of username (4),
// username, email
constexpr char kLayout = 1;
constexpr std::size_t kHeadBytes = 2 + 3 * 8 + 4;

template <std::size_t Bytes>
void putInteger(std::string& out, std::uint64_t value) {
  std::array<char, Bytes> bytes;
  for (char& byte : bytes) {
    byte = static_cast<char>(value & 0xff);
    value >>= 8;
  }
  out.append(bytes.data(), bytes.size());
}

template <std::size_t Bytes>
std::uint64_t takeInteger(std::string_view& in) {
  std::uint64_t value = 0;
  for (std::size_t i = Bytes; i-- > 0;) value = value << 8 | static_cast<unsigned char>(in[i]);
  in.remove_prefix(Bytes);
  return value;
}

std::int64_t takeSigned(std::string_view& in) {
  return static_cast<std::int64_t>(takeInteger<8>(in));
}

}  // namespace

std::string encodeUser(const User& user) {
  std::string out;
  out.reserve(kHeadBytes + user.username.size() + user.email.size());
  out += kLayout;
  out += user.isActive ? '\1' : '\0';
  putInteger<8>(out, static_cast<std::uint64_t>(user.id.value));
  putInteger<8>(out, static_cast<std::uint64_t>(user.version));
  putInteger<8>(out, static_cast<std::uint64_t>(user.createdAt.time_since_epoch().count()));
  putInteger<4>(out, user.username.size());
  out += user.username;
  out += user.email;
  return out;
}

std::optional<User> decodeUser(std::string_view bytes) {
  if (bytes.size() < kHeadBytes || bytes[0] != kLayout) return std::nullopt;
  User user;
  user.isActive = bytes[1] != '\0';
  bytes.remove_prefix(2);
  user.id.value = takeSigned(bytes);
  user.version = takeSigned(bytes);
  user.createdAt = base::Timestamp(std::chrono::microseconds(takeSigned(bytes)));
  const auto usernameBytes = static_cast<std::size_t>(takeInteger<4>(bytes));
  if (usernameBytes > bytes.size()) return std::nullopt;
  user.username = bytes.substr(0, usernameBytes);
  user.email = bytes.substr(usernameBytes);
  return user;
}

}  // namespace slipway::users
