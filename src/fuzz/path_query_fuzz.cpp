// Request targets: the path parameter, the raw query and addresses among their values.
#include <array>
#include <string>

#include "base/json.hpp"
#include "base/utf8.hpp"
#include "fuzz/fuzzing.hpp"
#include "net/url.hpp"
#include "platform/email.hpp"
#include "platform/schema.hpp"
#include "users/user_rules.hpp"

namespace slipway::fuzz {
namespace {

using platform::ValidationIssue;

constexpr platform::Field kAddress{.name = "address", .type = platform::FieldType::Email};

void checkAnswer(std::span<const ValidationIssue> issues) {
  require(!issues.empty(), "a refusal has a reason");
  const auto answer = base::readJson(platform::validationBody(issues));
  require(answer && answer->find("detail") != nullptr, "an error answer is JSON");
}

void checkQuery(std::string_view query) {
  const std::array fields{
      &users::kSkip,        &users::kLimit,        &users::kAfter,          &users::kUsernameFilter,
      &users::kEmailFilter, &users::kPrefixFilter, &users::kIsActiveFilter, &kAddress};
  const auto checked = platform::checkQuery(query, fields);
  if (!checked) return checkAnswer(checked.error());
  if (const auto* limit = checked->find(users::kLimit)) {
    require(limit->integer >= 1 && limit->integer <= 1000, "limit is within its range");
  }
  if (const auto* prefix = checked->find(users::kPrefixFilter)) {
    require(base::isUtf8OrSurrogates(prefix->text), "accepted text is UTF-8");
    require(!base::hasSurrogate(prefix->text), "accepted text has no surrogate");
  }
}

void checkPath(std::string_view path) {
  std::string decoded;
  net::percentDecode(path, decoded);
  require(decoded.size() <= path.size(), "decoding does not lengthen");
  const auto id = platform::checkPath(decoded, users::kUserId);
  if (!id) checkAnswer({&id.error(), 1});
}

void checkAddress(std::string_view text) {
  const auto checked = platform::checkEmail(text);
  if (!checked) return require(!checked.error().empty(), "a refusal has a reason");
  require(checked->address.size() <= 254, "an accepted address is bounded");
  const auto again = platform::checkEmail(checked->address);
  require(again && again->address == checked->address, "an accepted address is accepted again");
}

}  // namespace
}  // namespace slipway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace slipway;
  const std::string_view text = fuzz::textOf(data, size);
  net::Target target;
  if (net::splitTarget(text, target)) {
    fuzz::checkPath(target.path);
    fuzz::checkQuery(target.query);
  }
  fuzz::checkPath(text);
  fuzz::checkQuery(text);
  fuzz::checkAddress(text);
  return 0;
}
