// Turns a Response into bytes. Bound to no thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "net/http.hpp"

namespace slipway::net {

/// "OK" for 200; empty for a status without a registered reason.
std::string_view reasonPhrase(unsigned status);

/// The Date field's value (RFC 9110 section 5.6.7), made again once a second. One a loop.
class HttpDate {
 public:
  std::string_view at(std::chrono::system_clock::time_point now);

 private:
  std::chrono::seconds second_{-1};
  std::string text_;
};

struct Framing {
  unsigned version = 11;     // the request's: 10 or 11
  bool close = false;        // the connection is closed after this response
  bool headersOnly = false;  // the request's method was HEAD
};

/// Appends status line and header of `response`; says whether a body follows.
bool appendHead(base::TextBuffer& out, const Response& response, Framing framing,
                std::string_view date);

}  // namespace slipway::net
