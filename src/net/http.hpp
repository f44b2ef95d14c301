// An HTTP request as read and a response as to be written, without any socket in sight.
// A Request's views live in its connection's buffers: they are valid until its handler has
// finished. A Response owns what it holds, except a `staticBody`.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text_buffer.hpp"

namespace slipway::net {

enum class Method : std::uint8_t { Get, Head, Post, Put, Patch, Delete, Options, Other };

struct Header {
  std::string_view name;  // as sent; compare without case
  std::string_view value;
};

/// ASCII case-insensitive equality, as header names compare (RFC 9110 section 5.1).
bool equalsIgnoreCase(std::string_view a, std::string_view b);

/// Why a request could not be read or may not be served: set by the server, answered by the
/// handler like any other request so that ids, headers and logs are the same.
struct Rejection {
  unsigned status = 400;
  std::string_view detail;  // static text
};

struct Request {
  Method method = Method::Other;
  std::string_view methodName;  // as sent
  std::string_view target;      // as sent, origin form
  std::string_view path;        // target up to '?', percent-decoded
  std::string_view query;       // after '?', raw
  unsigned version = 11;        // 10 or 11
  std::vector<Header> headers;
  std::string body;
  std::string_view peerAddress;  // numeric
  std::chrono::steady_clock::time_point received;
  std::optional<Rejection> rejection;

  /// The first value of a header, or an empty view that is `data() == nullptr` when absent.
  std::string_view header(std::string_view name) const;
  bool hasHeader(std::string_view name) const { return header(name).data() != nullptr; }
};

class Response {
 public:
  Response() = default;
  explicit Response(unsigned statusCode) : status(statusCode) {}

  unsigned status = 200;
  std::string_view contentType = "application/json";  // static text; empty: no header
  std::string body;
  std::string failure;          // why it is an error, in one line for the log: never sent
  std::string_view staticBody;  // used instead of `body` when not empty; must outlive the server

  /// Adds a header line. CR, LF and NUL in `value` are replaced by spaces: what came from outside
  /// can't split a response.
  void addHeader(std::string_view name, std::string_view value);
  /// Adds whole lines, each ended by CRLF: constants only.
  void addHeaderLines(std::string_view lines) { headerLines_.append(lines); }
  bool hasHeader(std::string_view name) const;
  /// The lines added so far, each ended by CRLF.
  std::string_view headerLines() const { return headerLines_.view(); }

  std::size_t bodyBytes() const { return staticBody.empty() ? body.size() : staticBody.size(); }
  std::string_view bodyView() const {
    return staticBody.empty() ? std::string_view(body) : staticBody;
  }

 private:
  base::TextBuffer headerLines_;
};

}  // namespace slipway::net
