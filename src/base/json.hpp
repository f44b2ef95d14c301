// A JSON value, with a reader that accepts and rejects exactly what Python's json module does
// (NaN, integers of any size, lone surrogates, the last of repeated keys), because clients of the
// FastAPI service see its error texts and positions; see docs/decisions/json.md.
// Values own their data; no function here is bound to a thread. Reading is bounded in depth.
#pragma once

#include <cassert>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace slipway::base {

class TextBuffer;

class Json {
 public:
  enum class Kind : std::uint8_t { Null, Boolean, Integer, Float, String, Array, Object };
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;  // insertion order, keys unique

  Json() = default;
  Json(std::nullptr_t) {}
  template <std::same_as<bool> Bool>  // only bool itself: a pointer must not become `true`
  Json(Bool value) : value_(value) {}
  template <std::integral Int>
    requires(!std::same_as<Int, bool> && (std::signed_integral<Int> || sizeof(Int) < 8))
  Json(Int value) : value_(static_cast<std::int64_t>(value)) {}
  Json(std::uint64_t value);
  Json(double value) : value_(value) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(Array value) : value_(std::move(value)) {}

  /// An object, members in the order given: `Json::object({{"a", 1}, {"b", "x"}})`.
  static Json object(std::initializer_list<Member> members = {});
  /// The same of members whose keys are known to be unique.
  static Json object(Object members);
  static Json array(std::initializer_list<Json> elements = {});
  /// An integer of any size from its decimal digits ('-' first when negative, no leading zeros).
  static Json bigInteger(std::string digits);

  Kind kind() const;
  bool isNull() const { return kind() == Kind::Null; }
  bool isBoolean() const { return kind() == Kind::Boolean; }
  bool isInteger() const { return kind() == Kind::Integer; }
  bool isFloat() const { return kind() == Kind::Float; }
  bool isString() const { return kind() == Kind::String; }
  bool isArray() const { return kind() == Kind::Array; }
  bool isObject() const { return kind() == Kind::Object; }

  // Undefined unless the kind is right (asserted).
  bool asBoolean() const { return get<bool>(); }
  bool fitsInt64() const { return std::holds_alternative<std::int64_t>(value_); }
  std::int64_t asInt64() const { return get<std::int64_t>(); }
  /// The digits of an Integer that does not fit int64.
  const std::string& bigIntegerDigits() const { return get<BigInteger>().digits; }
  double asDouble() const { return get<double>(); }
  /// UTF-8; a lone surrogate is kept as its 3-byte form.
  const std::string& asString() const { return get<std::string>(); }
  const Array& asArray() const { return get<Array>(); }
  const Object& asObject() const { return get<Object>(); }

  /// The member, or nullptr when there is none or this is not an object.
  const Json* find(std::string_view key) const;
  /// Adds or replaces (at its old place) a member; this must be an object or null. Returns *this.
  Json& set(std::string_view key, Json value);
  /// Appends; this must be an array or null. Returns *this.
  Json& push(Json value);

  /// Compact text as FastAPI's JSONResponse prints it: no spaces, UTF-8 unescaped, floats as
  /// Python's repr. What JSON can't hold becomes what it can: NaN and infinities null, a lone
  /// surrogate U+FFFD.
  std::string dump() const;
  void dumpTo(std::string& out) const;

  bool operator==(const Json& other) const;

 private:
  struct BigInteger {
    std::string digits;
    bool operator==(const BigInteger&) const = default;
  };

  template <typename T>
  const T& get() const {
    const T* held = std::get_if<T>(&value_);
    assert(held != nullptr);
    return *held;
  }

  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object, BigInteger>
      value_;
};

struct JsonError {
  enum class Kind : std::uint8_t {
    Syntax,    // Python's JSONDecodeError
    Encoding,  // not UTF-8 (nor UTF-16 or UTF-32 where Python would detect these)
    TooDeep,
    TooManyDigits,  // Python refuses to read integers of more than 4300 digits
  };
  Kind kind = Kind::Syntax;
  std::string message;       // Syntax: Python's: "Expecting value", "Extra data", ...
  std::size_t position = 0;  // in code points from the start, as Python's JSONDecodeError.pos
};

struct JsonLimits {
  std::size_t maxDepth = 512;
};

/// Reads one JSON text, as json.loads(bytes) does.
std::expected<Json, JsonError> readJson(std::string_view text, JsonLimits limits = {});

/// Appends `value` as a JSON string with its quotes. Invalid UTF-8 becomes U+FFFD, so that
/// whatever came from outside, the output is valid JSON.
void appendJsonString(std::string& out, std::string_view value);
void appendJsonString(TextBuffer& out, std::string_view value);

}  // namespace slipway::base
