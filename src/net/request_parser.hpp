// Reads one HTTP/1.x request head and body (RFC 9112): Boost.Beast's strict parser, and the checks
// where it is lenient (Host, obs-fold, Transfer-Encoding, lists of Content-Length, chunk
// extensions, Expect). Heads are kept as offsets into the caller's buffer, which may grow while
// they arrive. Used for one request; bound to no thread.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.hpp"

namespace slipway::net {

/// A piece of the head, relative to the start of the buffer.
struct Span {
  std::size_t offset = 0;
  std::size_t length = 0;
  std::string_view in(const char* base) const { return {base + offset, length}; }
};

struct FieldSpan {
  Span name;
  Span value;
};

class RequestParser : public boost::beast::http::basic_parser<true> {
  using Field = boost::beast::http::field;
  using Verb = boost::beast::http::verb;
  using Text = boost::beast::string_view;
  using Code = boost::beast::error_code;

 public:
  /// `fields` and `body` are the caller's so that their memory is used again.
  RequestParser(std::vector<FieldSpan>& fields, std::string& body, std::uint64_t maxBodyBytes);

  /// Feeds bytes of the buffer that starts at `base`; returns how many were used up. Look at
  /// rejection(), is_header_done() and is_done() afterwards.
  std::size_t feed(const char* base, const char* data, std::size_t size);

  const std::optional<Rejection>& rejection() const { return rejection_; }
  Span method() const { return method_; }
  Span target() const { return target_; }
  unsigned httpVersion() const { return version_; }
  bool hasStartLine() const { return version_ != 0; }
  bool expectsContinue() const { return expectsContinue_; }

 private:
  void on_request_impl(Verb verb, Text method, Text target, int version, Code& ec) override;
  void on_response_impl(int, Text, int, Code&) override {}
  void on_field_impl(Field name, Text nameText, Text value, Code& ec) override;
  void on_header_impl(Code& ec) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, Code& ec) override;
  std::size_t on_body_impl(Text data, Code& ec) override;
  void on_chunk_header_impl(std::uint64_t size, Text extensions, Code& ec) override;
  std::size_t on_chunk_body_impl(std::uint64_t, Text data, Code& ec) override;
  void on_finish_impl(Code&) override {}

  Span spanOf(Text text) const;
  void refuse(unsigned status, std::string_view detail, Code& ec);
  bool isFolded(Text name, Text value) const;
  void checkField(Field name, Text value, Code& ec);
  Rejection rejectionFor(const Code& ec, std::string_view rest) const;

  std::vector<FieldSpan>& fields_;
  std::string& body_;
  const char* base_ = nullptr;
  const char* end_ = nullptr;
  Span method_;
  Span target_;
  unsigned version_ = 0;
  unsigned hosts_ = 0;
  unsigned contentLengths_ = 0;
  bool headDone_ = false;
  bool expectsContinue_ = false;
  std::optional<Rejection> rejection_;
};

}  // namespace slipway::net
