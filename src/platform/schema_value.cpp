#include "platform/schema_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/utf8.hpp"
#include "platform/email.hpp"

namespace slipway::platform {
namespace {

using base::Json;

std::unexpected<ValueError> invalid(std::string type, std::string message, Json context = {}) {
  return std::unexpected(ValueError{std::move(type), std::move(message), std::move(context)});
}

std::unexpected<ValueError> notAString() {
  return invalid("string_type", "Input should be a valid string");
}

std::unexpected<ValueError> notUnicode() {
  return invalid("string_unicode",
                 "Input should be a valid string, unable to parse raw data as a unicode string");
}

std::unexpected<ValueError> notABoolean() {
  return invalid("bool_type", "Input should be a valid boolean");
}

std::unexpected<ValueError> unknownBoolean() {
  return invalid("bool_parsing", "Input should be a valid boolean, unable to interpret input");
}

std::optional<ValueError> checkLength(std::string_view text, const Field& field) {
  if (!field.minLength && !field.maxLength) return std::nullopt;
  const std::size_t length = base::countCodePoints(text);
  const auto wording = [](std::size_t limit) { return limit == 1 ? "character" : "characters"; };
  if (field.maxLength && length > *field.maxLength) {
    return ValueError{"string_too_long",
                      fmt::format("String should have at most {} {}", *field.maxLength,
                                  wording(*field.maxLength)),
                      Json::object({{"max_length", *field.maxLength}})};
  }
  if (field.minLength && length < *field.minLength) {
    return ValueError{"string_too_short",
                      fmt::format("String should have at least {} {}", *field.minLength,
                                  wording(*field.minLength)),
                      Json::object({{"min_length", *field.minLength}})};
  }
  return std::nullopt;
}

CheckedValue checkText(std::string_view text, const Field& field) {
  if (base::hasSurrogate(text)) return notUnicode();
  if (auto error = checkLength(text, field)) return std::unexpected(std::move(*error));
  if (field.matchesPattern != nullptr && !field.matchesPattern(text)) {
    return invalid("string_pattern_mismatch",
                   fmt::format("String should match pattern '{}'", field.pattern),
                   Json::object({{"pattern", field.pattern}}));
  }
  return FieldValue{.field = &field, .text = std::string(text)};
}

CheckedValue checkEmailText(std::string_view text, const Field& field) {
  auto address = checkEmail(text);
  if (!address) {
    return invalid("value_error", "value is not a valid email address: " + address.error(),
                   Json::object({{"reason", address.error()}}));
  }
  return FieldValue{.field = &field, .text = std::move(address->address)};
}

CheckedValue checkBooleanText(std::string_view text, const Field& field) {
  if (base::hasSurrogate(text)) return notUnicode();
  const std::optional<bool> value = parseBoolean(text);
  if (!value) return unknownBoolean();
  return FieldValue{.field = &field, .boolean = *value};
}

CheckedValue checkBoolean(const Json& value, const Field& field) {
  if (value.isBoolean()) return FieldValue{.field = &field, .boolean = value.asBoolean()};
  if (value.isString()) return checkBooleanText(value.asString(), field);
  std::optional<std::int64_t> number;
  if (value.isInteger() && value.fitsInt64()) number = value.asInt64();
  if (value.isFloat() && std::trunc(value.asDouble()) == value.asDouble() &&
      std::abs(value.asDouble()) < 0x1p63) {
    number = static_cast<std::int64_t>(value.asDouble());
  }
  if (!number) return notABoolean();
  if (*number != 0 && *number != 1) return unknownBoolean();
  return FieldValue{.field = &field, .boolean = *number == 1};
}

CheckedValue checkRange(std::int64_t value, const Field& field) {
  if (field.maximum && value > *field.maximum) {
    return invalid("less_than_equal",
                   fmt::format("Input should be less than or equal to {}", *field.maximum),
                   Json::object({{"le", *field.maximum}}));
  }
  if (field.minimum && value < *field.minimum) {
    return invalid("greater_than_equal",
                   fmt::format("Input should be greater than or equal to {}", *field.minimum),
                   Json::object({{"ge", *field.minimum}}));
  }
  return FieldValue{.field = &field, .integer = value};
}

CheckedValue checkIntegerText(std::string_view text, const Field& field) {
  if (base::hasSurrogate(text)) return notUnicode();
  const auto value = parseInteger(text);
  if (!value) return std::unexpected(value.error());
  return checkRange(*value, field);
}

std::int64_t saturated(bool negative) {
  using Limits = std::numeric_limits<std::int64_t>;
  return negative ? Limits::min() : Limits::max();
}

CheckedValue checkIntegerFloat(double value, const Field& field) {
  if (!std::isfinite(value)) return invalid("finite_number", "Input should be a finite number");
  if (std::trunc(value) != value) {
    return invalid("int_from_float",
                   "Input should be a valid integer, got a number with a fractional part");
  }
  if (std::abs(value) >= 0x1p63) {
    return invalid("int_parsing_size",
                   "Unable to parse input string as an integer, exceeded maximum size");
  }
  return checkRange(static_cast<std::int64_t>(value), field);
}

CheckedValue checkInteger(const Json& value, const Field& field) {
  switch (value.kind()) {
    case Json::Kind::Integer:
      if (value.fitsInt64()) return checkRange(value.asInt64(), field);
      return checkRange(saturated(value.bigIntegerDigits().front() == '-'), field);
    case Json::Kind::Boolean:
      return checkRange(value.asBoolean() ? 1 : 0, field);
    case Json::Kind::Float:
      return checkIntegerFloat(value.asDouble(), field);
    case Json::Kind::String:
      return checkIntegerText(value.asString(), field);
    default:
      return invalid("int_type", "Input should be a valid integer");
  }
}

}  // namespace

CheckedValue checkJsonValue(const Json& value, const Field& field) {
  switch (field.type) {
    case FieldType::Text:
      return value.isString() ? checkText(value.asString(), field) : notAString();
    case FieldType::Email:
      return value.isString() ? checkEmailText(value.asString(), field) : notAString();
    case FieldType::Boolean:
      return checkBoolean(value, field);
    case FieldType::Integer:
      break;
  }
  return checkInteger(value, field);
}

CheckedValue checkTextValue(std::string_view text, const Field& field) {
  switch (field.type) {
    case FieldType::Text:
      return checkText(text, field);
    case FieldType::Email:
      return checkEmailText(text, field);
    case FieldType::Boolean:
      return checkBooleanText(text, field);
    case FieldType::Integer:
      break;
  }
  return checkIntegerText(text, field);
}

std::optional<bool> parseBoolean(std::string_view text) {
  constexpr std::array<std::string_view, 6> kTrue{"1", "on", "t", "true", "y", "yes"};
  constexpr std::array<std::string_view, 6> kFalse{"0", "off", "f", "false", "n", "no"};
  constexpr std::size_t kLongest = 5;
  if (text.size() > kLongest) return std::nullopt;
  std::string word(text);
  std::ranges::transform(word, word.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (std::ranges::find(kTrue, word) != kTrue.end()) return true;
  if (std::ranges::find(kFalse, word) != kFalse.end()) return false;
  return std::nullopt;
}

}  // namespace slipway::platform
