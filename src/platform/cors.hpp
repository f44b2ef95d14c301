// Cross-origin requests from browsers (the Fetch standard's CORS protocol): off unless origins are
// named. Immutable after construction.
#pragma once

#include <string>
#include <vector>

#include "net/http.hpp"

namespace slipway::platform {

class Cors {
 public:
  /// Origins as browsers send them, `https://app.example.com`; "*" allows any.
  explicit Cors(std::vector<std::string> origins) : origins_(std::move(origins)) {}

  bool enabled() const { return !origins_.empty(); }
  /// A preflight request: answered without asking any endpoint.
  bool isPreflight(const net::Request& request) const;
  net::Response preflight(const net::Request& request) const;
  /// Adds what lets the browser show the response to an allowed origin.
  void decorate(const net::Request& request, net::Response& response) const;

 private:
  /// The value of Access-Control-Allow-Origin, or an empty view.
  std::string_view allowed(const net::Request& request) const;

  const std::vector<std::string> origins_;
};

}  // namespace slipway::platform
