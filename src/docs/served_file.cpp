#include "docs/served_file.hpp"

#include <fmt/format.h>

#include <optional>

#include "base/text.hpp"
#include "net/entity_tags.hpp"

namespace slipway::docs {

namespace {

/// `;q=0`, `; Q=0.000`: the client refuses what is before it.
bool isRefused(std::string_view parameters) {
  for (const auto parameter : base::splitList(parameters, ';')) {
    const auto equals = parameter.find('=');
    if (!net::equalsIgnoreCase(parameter.substr(0, equals), "q")) continue;
    return parameter.substr(equals + 1).find_first_not_of("0.") == std::string_view::npos;
  }
  return false;
}

}  // namespace

bool acceptsGzip(std::string_view acceptEncoding) {
  std::optional<bool> named;
  bool any = false;
  for (const auto item : base::splitList(acceptEncoding)) {
    const auto end = item.find(';');
    const auto coding = base::trim(item.substr(0, end));
    const bool wanted = end == std::string_view::npos || !isRefused(item.substr(end));
    if (net::equalsIgnoreCase(coding, "gzip")) named = wanted;
    if (coding == "*") any = wanted;
  }
  return named.value_or(any);
}

net::Response serve(const net::Request& request, const ServedFile& file) {
  const bool packed = !file.gzip.empty() && acceptsGzip(request.header("accept-encoding"));
  // Each form has a tag of its own: they are not the same bytes.
  const auto tag = fmt::format("\"{}{}\"", file.tag, packed ? "-gzip" : "");
  const bool unchanged = net::isUnchanged(request, tag);
  net::Response response(unchanged ? 304 : 200);
  response.contentType = unchanged ? std::string_view{} : file.contentType;
  if (!unchanged) {
    if (file.content.empty()) response.body = file.text;
    response.staticBody = packed ? file.gzip : file.content;
    if (packed) response.addHeader("Content-Encoding", "gzip");
  }
  response.addHeader("ETag", tag);
  response.addHeader("Cache-Control", file.cacheControl);
  if (!file.gzip.empty()) response.addHeader("Vary", "Accept-Encoding");
  if (!file.policy.empty()) response.addHeader("Content-Security-Policy", file.policy);
  return response;
}

}  // namespace slipway::docs
