#include "users/preconditions.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "net/entity_tags.hpp"

namespace slipway::users {

namespace {

std::optional<std::int64_t> versionIn(std::string_view tag, UserId id) {
  const auto prefix = fmt::format("\"{}-", id.value);
  if (!tag.starts_with(prefix) || !tag.ends_with('"') || tag.size() < prefix.size() + 2) {
    return std::nullopt;
  }
  std::int64_t version = 0;
  const char* const end = tag.data() + tag.size() - 1;
  const auto parsed = std::from_chars(tag.data() + prefix.size(), end, version);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return version;
}

}  // namespace

std::string entityTag(UserId id, std::int64_t version) {
  return fmt::format(FMT_COMPILE("\"{}-{}\""), id.value, version);
}

ExpectedVersions expectedVersions(const net::Request& request, UserId id) {
  if (!request.hasHeader("if-match")) return std::nullopt;
  std::vector<std::int64_t> versions;
  for (const auto& [tag, weak] : net::listedTags(request, "if-match")) {
    if (tag == "*") return std::nullopt;
    const auto version = versionIn(tag, id);
    if (version && !weak) versions.push_back(*version);
  }
  return versions;
}

}  // namespace slipway::users
