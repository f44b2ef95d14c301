// The values of headers that the service reads: conditions, forwarded addresses, origins, request
// ids. Each line of the input is one header, `name: value`.
#include <string>

#include "base/cidr.hpp"
#include "fuzz/fuzzing.hpp"
#include "net/entity_tags.hpp"
#include "net/http.hpp"
#include "platform/client_address.hpp"
#include "platform/cors.hpp"
#include "platform/request_ids.hpp"
#include "users/preconditions.hpp"

namespace slipway::fuzz {
namespace {

net::Request requestOf(std::string_view text) {
  net::Request request;
  request.method = net::Method::Options;
  request.methodName = "OPTIONS";
  request.target = request.path = "/users/42";
  request.peerAddress = "10.0.0.1";
  while (!text.empty()) {
    std::string_view value = takeUntil(text, '\n');
    const std::string_view name = takeUntil(value, ':');
    request.headers.push_back({name, value});
  }
  return request;
}

void checkConditions(const net::Request& request) {
  constexpr users::UserId kUser{42};
  net::isUnchanged(request, users::entityTag(kUser, 7));
  users::expectedVersions(request, kUser);
}

void checkOrigins(const net::Request& request) {
  static const platform::Cors cors({"https://app.example.com"});
  net::Response response = cors.isPreflight(request) ? cors.preflight(request) : net::Response();
  cors.decorate(request, response);
  std::string_view lines = response.headerLines();
  while (!lines.empty()) {
    const std::string_view line = takeUntil(lines, '\n');
    require(line.size() > 1 && line.ends_with('\r'), "a header line is whole");
    require(line.find('\r') + 1 == line.size(), "a header line is one line");
  }
}

}  // namespace
}  // namespace slipway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace slipway;
  const std::string_view text = fuzz::textOf(data, size);
  const net::Request request = fuzz::requestOf(text);
  fuzz::checkConditions(request);
  fuzz::checkOrigins(request);
  static const base::NetworkSet trusted({*base::Network::parse("10.0.0.0/8")});
  const std::string_view client = platform::clientAddress(
      request, [](std::string_view address) { return trusted.contains(address); });
  fuzz::require(!client.empty(), "there is always a client address");
  platform::isUsableRequestId(request.header("x-request-id"));
  base::parseAddress(text);
  return 0;
}
