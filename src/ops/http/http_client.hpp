// HTTP as operations need it, behind an interface, so that what they ask containers can be played
// in tests. Blocking, with one time limit over all of a call. Not thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "ops/result.hpp"

namespace slipway::ops {

struct HttpCall {
  std::string method = "GET";
  std::filesystem::path socket = {};  // empty: TCP to host and port
  std::string host = "localhost";
  std::uint16_t port = 80;
  /// Without looking at the certificate: it is our own proxy, asked by its address.
  bool overTls = false;
  std::string target = "/";
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  std::chrono::milliseconds timeout{5000};
  std::size_t maxBodyBytes = std::size_t{4} * 1024 * 1024;
};

struct HttpAnswer {
  unsigned status = 0;
  std::string body;
};

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  /// The answer, whatever its status. Error: why there is none.
  virtual Result<HttpAnswer> send(const HttpCall& call) = 0;
};

}  // namespace slipway::ops
