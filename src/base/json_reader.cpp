// A recursive descent over the bytes in one pass. Errors are found in the order in which CPython's
// json module finds them, and named and placed as it does; the tests hold what it answered.
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <numeric>

#include "base/json.hpp"
#include "base/json_encoding.hpp"
#include "base/utf8.hpp"

namespace slipway::base {
namespace {

constexpr std::size_t kMaxIntegerDigits = 4300;  // sys.get_int_max_str_digits()

bool isDigit(char c) { return c >= '0' && c <= '9'; }

int hexValue(char c) {
  if (isDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Drops all but the last of repeated keys, which stays at the place of the first. Sorting rather
/// than hashing: nobody can choose keys that make it slow.
void keepLastOfRepeated(Json::Object& members) {
  std::vector<std::size_t> order(members.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    const int keys = members[a].first.compare(members[b].first);
    return keys != 0 ? keys < 0 : a < b;
  });
  std::vector<bool> dropped(members.size(), false);
  bool any = false;
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && members[order[end]].first == members[order[begin]].first) ++end;
    if (end - begin > 1) {
      members[order[begin]].second = std::move(members[order[end - 1]].second);
      for (std::size_t i = begin + 1; i < end; ++i) dropped[order[i]] = any = true;
    }
    begin = end;
  }
  if (!any) return;
  Json::Object kept;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (!dropped[i]) kept.push_back(std::move(members[i]));
  }
  members = std::move(kept);
}

/// Adds a member while there are few; larger objects are tidied once, at their end.
void addMember(Json::Object& members, std::string key, Json value) {
  constexpr std::size_t kFew = 16;
  if (members.size() < kFew) {
    const auto found = std::ranges::find(members, key, &Json::Member::first);
    if (found != members.end()) {
      found->second = std::move(value);
      return;
    }
  }
  members.emplace_back(std::move(key), std::move(value));
  if (members.size() == kFew) members.reserve(4 * kFew);
}

class Reader {
 public:
  Reader(std::string_view text, JsonLimits limits)
      : begin_(text.data()), at_(begin_), end_(begin_ + text.size()), depthLeft_(limits.maxDepth) {}

  std::expected<Json, JsonError> read() {
    Json value;
    skipSpace();
    if (!readValue(value)) return std::unexpected(error());
    skipSpace();
    if (at_ != end_) {
      fail("Extra data", at_);
      return std::unexpected(error());
    }
    return value;
  }

 private:
  bool fail(const char* message, const char* place,
            JsonError::Kind kind = JsonError::Kind::Syntax) {
    message_ = message;
    place_ = place;
    kind_ = kind;
    return false;
  }

  JsonError error() const {
    const auto bytes = static_cast<std::size_t>(place_ - begin_);
    return {kind_, message_, countCodePoints({begin_, bytes})};
  }

  void skipSpace() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }

  bool readValue(Json& out) {
    if (at_ == end_) return fail("Expecting value", at_);
    switch (*at_) {
      case '"':
        return readStringValue(out);
      case '{':
      case '[':
        return readNested(out);
      case 'n':
        return readWord("null", Json(nullptr), out);
      case 't':
        return readWord("true", Json(true), out);
      case 'f':
        return readWord("false", Json(false), out);
      case 'N':
        return readWord("NaN", Json(std::numeric_limits<double>::quiet_NaN()), out);
      case 'I':
        return readWord("Infinity", Json(std::numeric_limits<double>::infinity()), out);
      default:
        return readNumber(out);
    }
  }

  bool readWord(std::string_view word, Json value, Json& out) {
    if (!rest().starts_with(word)) return fail("Expecting value", at_);
    at_ += word.size();
    out = std::move(value);
    return true;
  }

  bool readNested(Json& out) {
    if (depthLeft_ == 0) return fail("Too deeply nested", at_, JsonError::Kind::TooDeep);
    --depthLeft_;
    const bool read = *at_ == '{' ? readObject(out) : readArray(out);
    ++depthLeft_;
    return read;
  }

  bool readObject(Json& out) {
    Json::Object members;
    ++at_;
    skipSpace();
    if (at_ != end_ && *at_ == '}') {
      ++at_;
      out = Json::object(std::move(members));
      return true;
    }
    while (true) {
      if (!readMember(members)) return false;
      bool ended = false;
      if (!readSeparator('}', "Illegal trailing comma before end of object", ended)) return false;
      if (ended) break;
    }
    if (members.size() > 16) keepLastOfRepeated(members);
    out = Json::object(std::move(members));
    return true;
  }

  bool readMember(Json::Object& members) {
    if (at_ == end_ || *at_ != '"') {
      return fail("Expecting property name enclosed in double quotes", at_);
    }
    std::string key;
    if (!readString(key)) return false;
    skipSpace();
    if (at_ == end_ || *at_ != ':') return fail("Expecting ':' delimiter", at_);
    ++at_;
    skipSpace();
    Json value;
    if (!readValue(value)) return false;
    addMember(members, std::move(key), std::move(value));
    return true;
  }

  bool readArray(Json& out) {
    Json::Array elements;
    ++at_;
    skipSpace();
    bool ended = at_ != end_ && *at_ == ']';
    if (ended) ++at_;
    while (!ended) {
      Json element;
      if (!readValue(element)) return false;
      elements.push_back(std::move(element));
      if (!readSeparator(']', "Illegal trailing comma before end of array", ended)) return false;
    }
    out = Json(std::move(elements));
    return true;
  }

  /// Reads ',' or `closing` after an element, and the space around it.
  bool readSeparator(char closing, const char* trailingComma, bool& ended) {
    skipSpace();
    if (at_ != end_ && *at_ == closing) {
      ++at_;
      ended = true;
      return true;
    }
    if (at_ == end_ || *at_ != ',') return fail("Expecting ',' delimiter", at_);
    const char* const comma = at_++;
    skipSpace();
    if (at_ != end_ && *at_ == closing) return fail(trailingComma, comma);
    return true;
  }

  bool readStringValue(Json& out) {
    std::string text;
    if (!readString(text)) return false;
    out = Json(std::move(text));
    return true;
  }

  bool readString(std::string& out) {
    const char* const opening = at_++;
    while (true) {
      const char* const start = at_;
      while (at_ != end_ && *at_ != '"' && *at_ != '\\') {
        if (static_cast<unsigned char>(*at_) < 0x20) {
          return fail("Invalid control character at", at_);
        }
        ++at_;
      }
      if (at_ == end_) return fail("Unterminated string starting at", opening);
      out.append(start, at_);
      if (*at_++ == '"') return true;
      if (at_ == end_) return fail("Unterminated string starting at", opening);
      if (!readEscape(out)) return false;
    }
  }

  /// At the character after a backslash.
  bool readEscape(std::string& out) {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
    if (*at_ == 'u') return readUnicodeEscape(out);
    const std::size_t index = kNames.find(*at_);
    if (index == std::string_view::npos) return fail("Invalid \\escape", at_ - 1);
    out.push_back(kValues[index]);
    ++at_;
    return true;
  }

  /// At an 'u'. A high surrogate takes a low one that follows; a lone one stays as it is.
  bool readUnicodeEscape(std::string& out) {
    char32_t value = 0;
    if (!readHex(value)) return false;
    constexpr std::ptrdiff_t kPairBytes = 6;
    if (value >= 0xD800 && value <= 0xDBFF && end_ - at_ > kPairBytes && at_[0] == '\\' &&
        at_[1] == 'u') {
      const char* const afterFirst = at_++;
      char32_t low = 0;
      if (!readHex(low)) return false;
      if (low >= 0xDC00 && low <= 0xDFFF) {
        value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00);
      } else {
        at_ = afterFirst;
      }
    }
    appendUtf8(out, value);
    return true;
  }

  /// At an 'u': its four digits. Python wants one more character to follow.
  bool readHex(char32_t& value) {
    const char* const mark = at_;
    if (end_ - at_ <= 5) return fail("Invalid \\uXXXX escape", mark);
    ++at_;
    for (int i = 0; i < 4; ++i) {
      const int digit = hexValue(*at_++);
      if (digit < 0) return fail("Invalid \\uXXXX escape", mark);
      value = (value << 4) | static_cast<char32_t>(digit);
    }
    return true;
  }

  bool readNumber(Json& out) {
    const char* const start = at_;
    if (rest().starts_with("-Infinity")) {
      at_ += 9;
      out = Json(-std::numeric_limits<double>::infinity());
      return true;
    }
    if (*at_ == '-') ++at_;
    if (at_ == end_ || !isDigit(*at_)) return fail("Expecting value", start);
    if (*at_ == '0') {
      ++at_;
    } else {
      skipDigits();
    }
    const char* const wholeEnd = at_;
    if (end_ - at_ > 1 && *at_ == '.' && isDigit(at_[1])) {
      ++at_;
      skipDigits();
    }
    skipExponent();
    return at_ == wholeEnd ? makeInteger(start, out) : makeFloat(start, out);
  }

  void skipDigits() {
    while (at_ != end_ && isDigit(*at_)) ++at_;
  }

  void skipExponent() {
    if (at_ == end_ || (*at_ != 'e' && *at_ != 'E')) return;
    const char* const mark = at_++;
    if (at_ != end_ && (*at_ == '-' || *at_ == '+')) ++at_;
    const char* const digits = at_;
    skipDigits();
    if (at_ == digits) at_ = mark;
  }

  bool makeInteger(const char* start, Json& out) {
    std::int64_t value = 0;
    if (std::from_chars(start, at_, value).ec == std::errc()) {
      out = Json(value);
      return true;
    }
    const auto digits = static_cast<std::size_t>(at_ - start) - (*start == '-' ? 1 : 0);
    if (digits > kMaxIntegerDigits) {
      return fail("Too many digits", start, JsonError::Kind::TooManyDigits);
    }
    out = Json::bigInteger(std::string(start, at_));
    return true;
  }

  bool makeFloat(const char* start, Json& out) {
    double value = 0;
    if (std::from_chars(start, at_, value).ec == std::errc::result_out_of_range) {
      // from_chars does not tell too large from too small.
      value = std::strtod(std::string(start, at_).c_str(), nullptr);
    }
    out = Json(value);
    return true;
  }

  std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }

  const char* begin_;
  const char* at_;
  const char* end_;
  std::size_t depthLeft_;
  const char* message_ = "";
  const char* place_ = nullptr;
  JsonError::Kind kind_ = JsonError::Kind::Syntax;
};

}  // namespace

std::expected<Json, JsonError> readJson(std::string_view text, JsonLimits limits) {
  const JsonError notText{JsonError::Kind::Encoding, "Invalid UTF-8", 0};
  const JsonEncoding encoding = detectJsonEncoding(text);
  if (encoding != JsonEncoding::Utf8) {
    const auto converted = toUtf8(text, encoding);
    if (!converted) return std::unexpected(notText);
    return Reader(*converted, limits).read();
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (!isUtf8OrSurrogates(text)) return std::unexpected(notText);
  return Reader(text, limits).read();
}

}  // namespace slipway::base
