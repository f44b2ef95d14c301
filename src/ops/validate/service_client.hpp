// Asks the service that is validated: one kept connection, the token where it is wanted, and
// patience with the proxy's rate limit (429): it waits as long as Retry-After says and asks again.
// On one loop, one question at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/secret.hpp"
#include "net/client.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

/// Where the service is.
struct ServicePlace {
  bool overTls = false;
  std::string host;
  std::uint16_t port = 80;
  std::string prefix;  // of all paths; empty or "/..." without a slash at its end
  std::shared_ptr<const net::ClientSecurity> security = {};

  /// "https://users.example.com"
  std::string url() const;
};

/// Of http://host[:port][/prefix] or https://...; without `security`. Error: what is wrong.
Result<ServicePlace> placeOf(std::string_view url);

struct Question {
  std::string_view method = "GET";  // static text
  std::string path;
  std::string body = {};  // JSON, where there is one
  std::vector<net::ClientHeader> headers = {};
  bool withToken = true;
};

struct ServiceAccess {
  ServicePlace place;
  base::Secret token = {};                    // empty: none
  std::chrono::milliseconds timeout{10'000};  // of one request
  /// Asked before every request; once true, nothing more is asked.
  std::function<bool()> stopped = [] { return false; };
};

class ServiceClient {
 public:
  /// `access` outlives it.
  explicit ServiceClient(const ServiceAccess& access) : access_(access) {}

  net::Task<net::Fetched> ask(Question question);
  /// The same, asked even when the whole was stopped: to clean up.
  net::Task<net::Fetched> askAnyway(Question question);

  bool hasToken() const { return !access_.token.empty(); }
  bool stopped() const { return access_.stopped(); }
  /// How many answers were 429.
  std::size_t limited() const { return limited_; }
  /// Of the last answer's request alone, without what was waited before it.
  std::chrono::steady_clock::duration took() const { return took_; }

 private:
  net::ClientRequest requestOf(const Question& question) const;
  net::Task<net::Fetched> askPatiently(Question question, bool evenStopped);

  const ServiceAccess& access_;
  net::ClientConnection connection_;
  std::size_t limited_ = 0;
  std::chrono::steady_clock::duration took_{};
};

/// Lets time pass, in steps short enough to notice `stopped`.
net::Task<> waitUnlessStopped(std::chrono::milliseconds time, std::function<bool()> stopped);

/// Null when it is none.
base::Json jsonOf(const net::ClientResponse& response);

/// Its `detail` when that is a text; else the beginning of the body. Printable.
std::string detailOf(const net::ClientResponse& response);

}  // namespace slipway::ops
