#include "platform/router.hpp"

#include <algorithm>
#include <stdexcept>

namespace slipway::platform {

namespace {

std::string_view methodName(net::Method method) {
  static constexpr std::array<std::string_view, kMethods> kNames = {
      "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "OTHER"};
  return kNames[static_cast<std::size_t>(method)];
}

std::string allowOf(const Route& route) {
  std::string allow;
  for (std::size_t i = 0; i < kMethods; ++i) {
    if (route.endpoints[i] == nullptr) continue;
    if (!allow.empty()) allow += ", ";
    const auto method = static_cast<net::Method>(i);
    allow += methodName(method);
    if (method == net::Method::Get) allow += ", HEAD";
  }
  return allow;
}

/// The next segment of a path that starts with '/'; takes it off.
std::string_view takeSegment(std::string_view& path) {
  path.remove_prefix(1);
  const auto end = path.find('/');
  const auto segment = path.substr(0, end);
  path.remove_prefix(segment.size());
  return segment;
}

bool matches(const std::vector<std::string_view>& segments, std::string_view path,
             PathValues& values) {
  std::size_t found = 0;
  for (const auto expected : segments) {
    if (path.empty()) return false;
    const auto segment = takeSegment(path);
    if (expected.empty()) {
      if (segment.empty()) return false;
      values[found++] = segment;
    } else if (segment != expected) {
      return false;
    }
  }
  return path.empty();
}

}  // namespace

Router::Router(std::vector<Endpoint> endpoints) : endpoints_(std::move(endpoints)) {
  for (const auto& endpoint : endpoints_) addRoute(endpoint);
  for (auto& route : routes_) route.allow = allowOf(route);
}

void Router::addRoute(const Endpoint& endpoint) {
  const auto [entry, isNew] = byTemplate_.try_emplace(endpoint.path, routes_.size());
  if (isNew) {
    routes_.push_back(Route{.path = endpoint.path, .index = routes_.size()});
    if (endpoint.path.find('{') == std::string_view::npos) {
      exact_.emplace(endpoint.path, entry->second);
    } else {
      Pattern pattern{.route = entry->second};
      for (auto rest = endpoint.path; !rest.empty();) {
        const auto segment = takeSegment(rest);
        pattern.segments.push_back(segment.starts_with('{') ? std::string_view{} : segment);
      }
      const auto parameters = std::ranges::count(pattern.segments, std::string_view{});
      if (static_cast<std::size_t>(parameters) > PathValues{}.size()) {
        throw std::logic_error("too many parameters in " + std::string(endpoint.path));
      }
      patterns_.push_back(std::move(pattern));
    }
  }
  auto& route = routes_[entry->second];
  auto& place = route.endpoints[static_cast<std::size_t>(endpoint.method)];
  if (place != nullptr) {
    throw std::logic_error("two endpoints for " + std::string(endpoint.path));
  }
  place = &endpoint;
  route.probe = route.probe || endpoint.probe;
}

const Route* Router::match(std::string_view path, PathValues& values) const {
  if (path.empty() || path.front() != '/') return nullptr;
  if (const auto found = exact_.find(path); found != exact_.end()) return &routes_[found->second];
  for (const auto& pattern : patterns_) {
    if (matches(pattern.segments, path, values)) return &routes_[pattern.route];
  }
  return nullptr;
}

}  // namespace slipway::platform
