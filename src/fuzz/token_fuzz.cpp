// Access tokens: as they come, and with any header and claims under a good signature, so that the
// reading of claims is reached. Nothing but a good token of the right issuer passes.
#include <chrono>
#include <string>

#include "base/base64url.hpp"
#include "base/hmac.hpp"
#include "base/json.hpp"
#include "fuzz/fuzzing.hpp"
#include "platform/token.hpp"

namespace slipway::fuzz {
namespace {

constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef";
constexpr std::chrono::microseconds kNow{std::chrono::seconds{1'700'000'000}};

class FixedClock : public base::Clock {
 public:
  base::Timestamp now() const override { return base::Timestamp(kNow); }
};

platform::TokenRules rules() {
  return {base::Secret(std::string(kKey)), "slipway", "slipway-clients"};
}

const platform::TokenVerifier& verifier() {
  static const FixedClock clock;
  static const platform::TokenVerifier verifier(rules(), clock);
  return verifier;
}

std::string signedToken(std::string_view header, std::string_view claims) {
  static const base::HmacSha256 hmac{base::Secret(std::string(kKey))};
  const std::string message = base::encodeBase64Url(header) + "." + base::encodeBase64Url(claims);
  return message + "." + base::encodeBase64Url(hmac.sign(message));
}

}  // namespace
}  // namespace slipway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace slipway;
  std::string_view text = fuzz::textOf(data, size);
  fuzz::require(!fuzz::verifier().verify(text), "nobody guesses a signature");
  const auto plain =
      fuzz::verifier().verify(fuzz::signedToken(R"({"alg":"HS256","typ":"JWT"})", text));
  if (plain) {
    const auto claims = base::readJson(text);
    fuzz::require(claims && claims->find("exp") != nullptr, "accepted claims have an end");
    fuzz::require(claims->find("iss") != nullptr, "accepted claims name the issuer");
  }
  const std::string_view header = fuzz::takeUntil(text, '\n');
  if (fuzz::verifier().verify(fuzz::signedToken(header, text))) {
    const auto read = base::readJson(header);
    const auto* algorithm = read ? read->find("alg") : nullptr;
    fuzz::require(algorithm != nullptr && *algorithm == base::Json("HS256"), "only HS256 passes");
  }
  return 0;
}
