#include "users/preconditions.hpp"

#include <fmt/format.h>

#include <charconv>
#include <functional>
#include <optional>

namespace slipway::users {

namespace {

std::string_view trim(std::string_view text) {
  const auto start = text.find_first_not_of(" \t,");
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(" \t,") - start + 1);
}

/// Calls `visit(tag, weak)` for each entity tag of a list; our own tags hold no comma.
void forEachTag(std::string_view list, auto visit) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    auto tag = trim(list.substr(0, comma));
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    const bool weak = tag.starts_with("W/");
    if (weak) tag.remove_prefix(2);
    if (!tag.empty()) visit(tag, weak);
  }
}

/// All values of a header, as one list (RFC 9110 section 5.3).
std::string listOf(const net::Request& request, std::string_view name) {
  std::string list;
  for (const auto& field : request.headers) {
    if (net::equalsIgnoreCase(field.name, name)) list.append(field.value).append(",");
  }
  return list;
}

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

std::string entityTag(const User& user) {
  return fmt::format("\"{}-{}\"", user.id.value, user.version);
}

bool isUnchanged(const net::Request& request, const User& user) {
  if (!request.hasHeader("if-none-match")) return false;
  const auto current = entityTag(user);
  bool unchanged = false;
  forEachTag(listOf(request, "if-none-match"), [&](std::string_view tag, bool) {
    unchanged = unchanged || tag == "*" || tag == current;
  });
  return unchanged;
}

ExpectedVersions expectedVersions(const net::Request& request, UserId id) {
  if (!request.hasHeader("if-match")) return std::nullopt;
  std::vector<std::int64_t> versions;
  bool any = false;
  forEachTag(listOf(request, "if-match"), [&](std::string_view tag, bool weak) {
    if (tag == "*") any = true;
    const auto version = versionIn(tag, id);
    if (version && !weak) versions.push_back(*version);
  });
  if (any) return std::nullopt;
  return versions;
}

}  // namespace slipway::users
