#include "net/request_parser.hpp"

#include <algorithm>
#include <limits>

namespace slipway::net {

namespace http = boost::beast::http;

namespace {

constexpr std::string_view kHostCharacters = "-._~:[]%!$&'()*+,;=";

bool isAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isHost(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    return isAlphanumeric(c) || kHostCharacters.find(c) != std::string_view::npos;
  });
}

bool isNumber(std::string_view value) {
  return !value.empty() &&
         std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool isControl(char c) { return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7f; }

/// The bytes of the empty lines before a request line (RFC 9112 section 2.2).
std::size_t emptyLines(std::string_view text) {
  std::size_t bytes = 0;
  while (text.substr(bytes).starts_with("\r\n")) bytes += 2;
  return bytes;
}

/// Whether a request line is still on its way. Beast, given a part of one, would not look again
/// before the end of the whole head, so that its length could not be judged.
bool isPartOfLine(std::string_view text) {
  if (text.empty() || text == "\r") return true;
  return text.front() > ' ' && text.find('\n') == std::string_view::npos;
}

/// Whether what there is may be the start of the last chunk, of which at least "0\r\n\r\n" must
/// come. Beast, given "0\r\n" and then less than that, trips over an assertion of its own.
bool isPartOfLastChunk(std::string_view text) {
  constexpr std::size_t kShortestLastChunk = 5;
  return text.size() < kShortestLastChunk && text.starts_with('0');
}

/// Whether a request line that was refused for its version names one, "HTTP/2.0" for instance.
bool namesOtherVersion(std::string_view text) {
  const auto line = text.substr(0, text.find_first_of("\r\n"));
  const auto start = line.rfind(" HTTP/");
  if (start == std::string_view::npos || line.size() != start + 9) return false;
  if (line.ends_with("/1.0") || line.ends_with("/1.1")) return false;  // something else is wrong
  const auto digit = [&](std::size_t i) {
    return line[start + i] >= '0' && line[start + i] <= '9';
  };
  return digit(6) && line[start + 7] == '.' && digit(8);
}

}  // namespace

RequestParser::RequestParser(std::vector<FieldSpan>& fields, std::string& body,
                             std::uint64_t maxBodyBytes)
    : fields_(fields), body_(body) {
  fields_.clear();
  body_.clear();
  eager(true);
  // The caller bounds the head by the size of its buffer.
  header_limit(std::numeric_limits<std::uint32_t>::max());
  body_limit(maxBodyBytes);
}

std::size_t RequestParser::feed(const char* base, const char* data, std::size_t size) {
  base_ = base;
  end_ = data + size;
  const auto skipped = hasStartLine() ? 0 : emptyLines({data, size});
  const std::string_view text(data + skipped, size - skipped);
  if (!hasStartLine() && isPartOfLine(text)) return skipped;
  if (is_header_done() && chunked() && isPartOfLastChunk(text)) return skipped;
  Code ec;
  const auto used = put({text.data(), text.size()}, ec);
  if (ec && ec != http::error::need_more && !rejection_) {
    rejection_ = rejectionFor(ec, text.substr(used));
  }
  return skipped + used;
}

Rejection RequestParser::rejectionFor(const Code& ec, std::string_view rest) const {
  if (ec == http::error::body_limit) return {413, "Request Entity Too Large"};
  if (ec == http::error::bad_version && namesOtherVersion(rest)) {
    return {505, "HTTP Version Not Supported"};
  }
  return {400, "Bad Request"};
}

Span RequestParser::spanOf(Text text) const {
  return {static_cast<std::size_t>(text.data() - base_), text.size()};
}

void RequestParser::refuse(unsigned status, std::string_view detail, Code& ec) {
  rejection_ = Rejection{status, detail};
  ec = http::error::bad_value;
}

void RequestParser::on_request_impl(Verb, Text method, Text target, int version, Code&) {
  method_ = spanOf(method);
  target_ = spanOf(target);
  version_ = static_cast<unsigned>(version);
}

void RequestParser::on_field_impl(Field name, Text nameText, Text value, Code& ec) {
  // Trailers (RFC 9110 section 6.5) are read and ignored: nothing here is allowed in one.
  if (headDone_) return;
  if (isFolded(nameText, value)) {
    refuse(400, "Bad Request", ec);
    return;
  }
  checkField(name, value, ec);
  if (!ec) fields_.push_back({spanOf(nameText), value.empty() ? Span{} : spanOf(value)});
}

// RFC 9112 section 5.2: refuse. Beast unfolds into a buffer of its own, or, when the first line is
// empty, gives the next line as the value.
bool RequestParser::isFolded(Text name, Text value) const {
  if (value.data() < base_ || value.data() > end_) return true;
  const char* const colon = name.data() + name.size();
  return std::any_of(colon, value.data(), [](char c) { return c == '\r' || c == '\n'; });
}

void RequestParser::checkField(Field name, Text value, Code& ec) {
  switch (name) {
    case Field::host:
      if (++hosts_ > 1 || !isHost({value.data(), value.size()})) refuse(400, "Bad Request", ec);
      break;
    case Field::content_length:
      // Beast takes a list of equal lengths.
      if (++contentLengths_ > 1 || !isNumber({value.data(), value.size()})) {
        refuse(400, "Bad Request", ec);
      }
      break;
    case Field::transfer_encoding:
      // RFC 9112 section 6.1: what is framed in an unknown way can't be read safely.
      if (version_ != 11 || !equalsIgnoreCase({value.data(), value.size()}, "chunked")) {
        refuse(400, "Bad Request", ec);
      }
      break;
    case Field::expect:
      if (!equalsIgnoreCase({value.data(), value.size()}, "100-continue")) {
        refuse(417, "Expectation Failed", ec);
      }
      expectsContinue_ = version_ == 11;
      break;
    default:
      break;
  }
}

void RequestParser::on_header_impl(Code& ec) {
  headDone_ = true;
  // RFC 9112 section 3.2.
  if (version_ == 11 && hosts_ != 1) refuse(400, "Bad Request", ec);
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, Code&) {
  // A declared length is no reason yet to hold that much memory.
  constexpr std::uint64_t kFirstReserve = 4 * 1024;
  if (length) body_.reserve(static_cast<std::size_t>(std::min(*length, kFirstReserve)));
}

std::size_t RequestParser::on_body_impl(Text data, Code&) {
  body_.append(data.data(), data.size());
  return data.size();
}

// Beast takes any byte in a quoted extension value, a bare LF too, where another reader may see the
// end of the line.
void RequestParser::on_chunk_header_impl(std::uint64_t, Text extensions, Code& ec) {
  if (std::any_of(extensions.begin(), extensions.end(), isControl)) {
    refuse(400, "Bad Request", ec);
  }
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, Text data, Code&) {
  body_.append(data.data(), data.size());
  return data.size();
}

}  // namespace slipway::net
