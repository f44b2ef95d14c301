// Text that must not be seen: a key, a password, a URL with one. It has no way to be printed or
// formatted, is compared in constant time and wiped from memory when it goes. A plain value: each
// copy owns its bytes. `reveal` is the one way in, easy to search for.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::base {

/// What is shown instead of a secret.
inline constexpr std::string_view kMasked = "********";

class Secret {
 public:
  Secret() = default;
  /// Wipes what is left of `text`.
  explicit Secret(std::string text);
  Secret(const Secret&) = default;
  Secret(Secret&&) noexcept = default;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { wipe(); }

  bool empty() const { return bytes_.empty(); }
  std::size_t size() const { return bytes_.size(); }
  /// Valid as long as this object is neither changed nor destroyed.
  std::string_view reveal() const { return {bytes_.data(), bytes_.size()}; }

  /// Takes the same time wherever the two differ; their lengths are no secret.
  bool operator==(const Secret& other) const;

 private:
  void wipe() noexcept;

  std::vector<char> bytes_;  // not a string: moving a short string would leave a copy behind
};

/// Overwrites the text in a way that the compiler does not leave out, and empties it.
void wipe(std::string& text);

/// Equality in constant time for texts of equal length.
bool equalsConstantTime(std::string_view a, std::string_view b);

}  // namespace slipway::base
