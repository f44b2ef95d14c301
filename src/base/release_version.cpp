#include "base/release_version.hpp"

#include <charconv>

namespace slipway::base {

std::optional<ReleaseVersion> parseReleaseVersion(std::string_view text) {
  ReleaseVersion version;
  const char* p = text.data();
  const char* const end = p + text.size();
  for (int* part : {&version.major, &version.minor, &version.patch}) {
    if (part != &version.major) {
      if (p == end || *p != '.') return std::nullopt;
      ++p;
    }
    const auto read = std::from_chars(p, end, *part);
    if (read.ec != std::errc() || *part < 0) return std::nullopt;
    p = read.ptr;
  }
  if (p != end && *p != '-' && *p != '+') return std::nullopt;
  return version;
}

}  // namespace slipway::base
