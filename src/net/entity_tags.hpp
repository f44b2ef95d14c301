// Entity tags in requests (RFC 9110 sections 8.8.3 and 13.1). Pure functions; a tag keeps its
// quotes, and a list is split at every comma, because no tag of ours holds one.
#pragma once

#include <string_view>
#include <vector>

#include "net/http.hpp"

namespace slipway::net {

struct ListedTag {
  std::string_view tag;  // `"abc"` or `*`, without `W/`; a view of the request's
  bool weak = false;
};

/// The tags of all `header` lines of a request, in their order.
std::vector<ListedTag> listedTags(const Request& request, std::string_view header);

/// Whether `If-None-Match` names `tag` or any (weak comparison): the answer is 304 then.
bool isUnchanged(const Request& request, std::string_view tag);

}  // namespace slipway::net
