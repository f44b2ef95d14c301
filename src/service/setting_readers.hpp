// Readers of one variable's text into a member of Settings. Each returns what is wrong and what is
// accepted, or an empty string. Pure functions.
#pragma once

#include <fmt/format.h>

#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "service/settings.hpp"

namespace slipway::service {

inline std::string isNot(std::string_view text, std::string_view accepted) {
  return fmt::format("'{}' is not {}", base::printable(text), accepted);
}

template <typename Member>
struct MemberOf;
template <typename T>
struct MemberOf<T Settings::*> {
  using Type = T;
};

/// A whole number, or a duration in the member's own unit.
template <auto member, std::uint64_t least, std::uint64_t most>
std::string readNumber(std::string_view text, Settings& settings) {
  const auto value = base::parseUnsigned(text);
  if (!value || *value < least || *value > most) {
    return isNot(text, fmt::format("a whole number from {} to {}", least, most));
  }
  using Type = typename MemberOf<decltype(member)>::Type;
  if constexpr (std::integral<Type>) {
    static_assert(most <= std::numeric_limits<Type>::max());
    settings.*member = static_cast<Type>(*value);
  } else {
    settings.*member = Type(static_cast<typename Type::rep>(*value));
  }
  return {};
}

template <auto member>
std::string readFlag(std::string_view text, Settings& settings) {
  const auto value = base::parseBoolean(text);
  if (!value) return isNot(text, "true or false");
  settings.*member = *value;
  return {};
}

template <auto member>
std::string readText(std::string_view text, Settings& settings) {
  settings.*member = text;
  return {};
}

template <typename Value>
struct Choice {
  std::string_view name;
  Value value;
};

template <typename Value, std::size_t size>
std::string readChoice(std::string_view text, const Choice<Value> (&choices)[size], Value& chosen) {
  std::string names;
  for (const auto& choice : choices) {
    if (choice.name == text) {
      chosen = choice.value;
      return {};
    }
    names.append(names.empty() ? "" : ", ").append(choice.name);
  }
  return isNot(text, "one of " + names);
}

}  // namespace slipway::service
