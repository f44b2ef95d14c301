// Finds the endpoint for a method and a path. Built once from the endpoints; then read-only.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "platform/endpoint.hpp"
#include "platform/http_metrics.hpp"

namespace slipway::platform {

/// One path template and what answers there.
struct Route {
  std::string_view path;  // "/users/{user_id}"
  std::size_t index = 0;  // among all routes, for metrics
  std::array<const Endpoint*, kMethods> endpoints{};
  std::string allow;   // "GET, HEAD, PATCH"
  bool probe = false;  // see Endpoint

  const Endpoint* find(net::Method method) const {
    return endpoints[static_cast<std::size_t>(method)];
  }
};

class Router {
 public:
  /// Throws std::logic_error when two endpoints have the same method and path, or a path has more
  /// parameters than PathValues holds.
  explicit Router(std::vector<Endpoint> endpoints);
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  /// The route of a decoded path, or nullptr; `values` gets the path parameters, views of `path`.
  const Route* match(std::string_view path, PathValues& values) const;

  const std::vector<Endpoint>& endpoints() const { return endpoints_; }
  const std::vector<Route>& routes() const { return routes_; }
  /// The index under which paths that match nothing are counted.
  std::size_t unmatchedIndex() const { return routes_.size(); }

 private:
  struct Pattern {
    std::vector<std::string_view> segments;  // empty: a parameter
    std::size_t route = 0;
  };

  void addRoute(const Endpoint& endpoint);

  const std::vector<Endpoint> endpoints_;
  std::vector<Route> routes_;
  std::unordered_map<std::string_view, std::size_t> byTemplate_;
  std::unordered_map<std::string_view, std::size_t> exact_;  // paths without parameters
  std::vector<Pattern> patterns_;
};

}  // namespace slipway::platform
