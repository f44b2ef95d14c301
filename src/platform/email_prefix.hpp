// Searching addresses by how they start. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace slipway::platform {

/// How the normalized form (EmailAddress::normalized) of addresses that start with `text` starts,
/// as far as that can be told from a part: what is before the @-sign in NFC; after it, each label
/// as people read it, Punycode decoded. The limit: text that ends inside a label of Punycode says
/// nothing about how that label reads, and stays as it is.
std::string normalizedEmailPrefix(std::string_view text);

}  // namespace slipway::platform
