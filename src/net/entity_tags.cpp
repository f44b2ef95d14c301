#include "net/entity_tags.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace slipway::net {

namespace {

void addTags(std::vector<ListedTag>& tags, std::string_view list) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    auto tag = base::trim(list.substr(0, comma));
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    const bool weak = tag.starts_with("W/");
    if (weak) tag.remove_prefix(2);
    if (!tag.empty()) tags.push_back({tag, weak});
  }
}

}  // namespace

std::vector<ListedTag> listedTags(const Request& request, std::string_view header) {
  std::vector<ListedTag> tags;
  for (const auto& field : request.headers) {
    if (equalsIgnoreCase(field.name, header)) addTags(tags, field.value);
  }
  return tags;
}

bool isUnchanged(const Request& request, std::string_view tag) {
  return std::ranges::any_of(listedTags(request, "if-none-match"), [tag](const ListedTag& listed) {
    return listed.tag == "*" || listed.tag == tag;
  });
}

}  // namespace slipway::net
