// Request bodies: whatever comes in, the reader ends, what is printed reads back, what passes the
// check obeys the rules, and an error answer is valid JSON.
#include <string>

#include "base/json.hpp"
#include "base/utf8.hpp"
#include "fuzz/fuzzing.hpp"
#include "platform/schema.hpp"
#include "users/user_keys.hpp"

namespace slipway::fuzz {
namespace {

using base::Json;

void checkRoundTrip(std::string_view body) {
  const auto read = base::readJson(body);
  if (!read) {
    require(read.error().position <= body.size(), "a position is inside the text");
    return;
  }
  // NaN becomes null and lone surrogates become one character, so that keys may become the same:
  // only what was printed and read once stays as it is.
  const auto again = base::readJson(read->dump());
  require(again.has_value(), "what is printed can be read");
  const auto third = base::readJson(again->dump());
  require(third.has_value() && third->dump() == again->dump(), "printing is stable");
}

void checkValues(const platform::FieldValues& values, const users::UserSchemas& schemas,
                 bool strict) {
  for (const platform::Field* field : {&schemas.username, &schemas.email}) {
    const auto* value = values.find(*field);
    if (value == nullptr) continue;
    require(base::isUtf8OrSurrogates(value->text), "accepted text is UTF-8");
    require(!base::hasSurrogate(value->text), "accepted text has no surrogate");
    require(!strict || value->text.size() <= 254, "accepted text is bounded");
    const std::string key = users::userKey(value->text, users::UserRules::Strict);
    const bool whole = key.size() <= users::kMaxWholeKeyBytes;
    require(!whole || users::userKey(key, users::UserRules::Strict) == key, "a key is its own key");
  }
}

void checkSchemas(std::string_view body, std::string_view contentType, users::UserRules rules) {
  const users::UserSchemas& schemas = users::userSchemas(rules);
  for (const platform::Schema* schema : {&schemas.create, &schemas.patch}) {
    const auto checked = platform::checkBody(body, contentType, *schema);
    if (checked) {
      checkValues(*checked, schemas, rules == users::UserRules::Strict);
      continue;
    }
    require(!checked.error().empty(), "a refusal has a reason");
    const auto answer = base::readJson(platform::validationBody(checked.error()), {1024});
    require(answer && answer->find("detail") != nullptr, "an error answer is JSON");
  }
}

}  // namespace
}  // namespace slipway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace slipway;
  const std::string_view body = fuzz::textOf(data, size);
  fuzz::checkRoundTrip(body);
  fuzz::checkSchemas(body, "application/json", users::UserRules::Strict);
  fuzz::checkSchemas(body, "", users::UserRules::Reference);
  fuzz::checkSchemas(body, "text/plain", users::UserRules::Strict);
  return 0;
}
