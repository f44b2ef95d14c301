#include "users/user_rules.hpp"

#include <algorithm>
#include <array>

namespace slipway::users {
namespace {

using platform::Field;
using platform::FieldType;
using platform::Schema;

constexpr std::string_view kUsernameAbout = "What the user is called; no two users share it";
constexpr std::string_view kEmailAbout = "Where mail reaches the user; no two users share it";
constexpr std::string_view kIsActiveAbout = "Whether the user may be used";
constexpr std::string_view kUsernameExample = "\"ann\"";
constexpr std::string_view kEmailExample = "\"ann@example.com\"";

/// The pattern shown in kUsernamePattern.
bool isUsername(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  });
}
constexpr std::string_view kUsernamePattern = "^[A-Za-z0-9_.-]+$";

constexpr Field username(UserRules rules, bool required) {
  Field field{.name = "username",
              .required = required,
              .description = kUsernameAbout,
              .example = kUsernameExample};
  if (rules == UserRules::Reference) return field;
  field.minLength = 3;
  field.maxLength = 50;
  field.pattern = kUsernamePattern;
  field.matchesPattern = &isUsername;
  return field;
}

constexpr Field email(UserRules rules, bool required) {
  Field field{
      .name = "email", .required = required, .description = kEmailAbout, .example = kEmailExample};
  if (rules == UserRules::Reference) return field;
  field.type = FieldType::Email;
  field.maxLength = 254;  // shown; no longer address passes an Email's own check
  return field;
}

constexpr Field isActive(bool hasDefault) {
  return {.name = "is_active",
          .type = FieldType::Boolean,
          .description = kIsActiveAbout,
          .example = "true",
          .defaultValue = hasDefault ? "true" : ""};
}

using Fields = std::array<Field, 3>;

constexpr Fields wholeUser(UserRules rules) {
  return {username(rules, true), email(rules, true), isActive(true)};
}

constexpr Fields partOfUser(UserRules rules) {
  return {username(rules, false), email(rules, false), isActive(false)};
}

/// Everything that one flavour of the rules needs.
struct Flavour {
  explicit Flavour(UserRules rules)
      : whole(wholeUser(rules)),
        part(partOfUser(rules)),
        create{"UserCreate", "A user to be made", whole},
        replace{"UserReplace", "All writable fields of a user; is_active is true unless given",
                whole},
        patch{"UserPatch", "Any of a user's writable fields; the others stay as they are", part},
        schemas{whole[0], whole[1], whole[2], create, replace, patch} {}

  Fields whole;
  Fields part;
  Schema create;
  Schema replace;
  Schema patch;
  UserSchemas schemas;
};

}  // namespace

constinit const Field kUserId{
    .name = "user_id",
    .type = FieldType::Integer,
    .required = true,
    .description = "The user's id",
    .example = "1",
};
constinit const Field kSkip{
    .name = "skip",
    .type = FieldType::Integer,
    .description = "How many users to pass over; `after` is faster for deep pages",
    .defaultValue = "0",
    .minimum = 0,
};
constinit const Field kLimit{
    .name = "limit",
    .type = FieldType::Integer,
    .description = "How many users to give at most",
    .defaultValue = "100",
    .minimum = 1,
    .maximum = 1000,
};
constinit const Field kAfter{
    .name = "after",
    .type = FieldType::Integer,
    .description = "Only users with a larger id: the last one of the page before",
    .example = "100",
};
constinit const Field kUsernameFilter{
    .name = "username",
    .description = "Only the user of this name",
    .example = kUsernameExample,
};
constinit const Field kEmailFilter{
    .name = "email",
    .description = "Only the user of this address",
    .example = kEmailExample,
};
constinit const Field kPrefixFilter{
    .name = "q",
    .description =
        "Only users whose name or address starts with this; names of internet domains are found "
        "in both ways to write them, but for a start that ends inside an `xn--` label",
    .example = "\"an\"",
};
constinit const Field kIsActiveFilter{
    .name = "is_active",
    .type = FieldType::Boolean,
    .description = "Only users that are active, or only those that are not",
    .example = "true",
};

const UserSchemas& userSchemas(UserRules rules) {
  static const Flavour strict(UserRules::Strict);
  static const Flavour reference(UserRules::Reference);
  return rules == UserRules::Strict ? strict.schemas : reference.schemas;
}

}  // namespace slipway::users
