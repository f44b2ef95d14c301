// What /docs, /redoc and /openapi.json are made of, as it is sent: compressed for those who accept
// that, and not again to those who have it. Values; any thread may serve one.
#pragma once

#include <string>
#include <string_view>

#include "net/http.hpp"

namespace slipway::docs {

struct ServedFile {
  std::string_view contentType;  // static text, like the next three
  std::string_view cacheControl;
  std::string_view content = {};  // used instead of `text` when not empty
  std::string_view gzip = {};     // `content` compressed; empty: never
  std::string text = {};
  std::string policy = {};  // Content-Security-Policy; empty: none
  std::string tag;          // names the content, without quotes
};

/// 200, or 304 when the request names the file as the client has it.
net::Response serve(const net::Request& request, const ServedFile& file);

/// Whether an Accept-Encoding allows gzip (RFC 9110 section 12.5.3).
bool acceptsGzip(std::string_view acceptEncoding);

}  // namespace slipway::docs
