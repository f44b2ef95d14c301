#include "net/http.hpp"

#include <algorithm>

namespace slipway::net {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

bool equalsIgnoreCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

std::string_view Request::header(std::string_view name) const {
  for (const auto& field : headers) {
    if (!equalsIgnoreCase(field.name, name)) continue;
    return field.value.data() == nullptr ? std::string_view("") : field.value;
  }
  return {};
}

void Response::addHeader(std::string_view name, std::string_view value) {
  headerLines_.append(name).append(": ");
  const auto start = headerLines_.size();
  headerLines_.append(value);
  std::replace_if(
      headerLines_.begin() + static_cast<std::ptrdiff_t>(start), headerLines_.end(),
      [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  headerLines_.append("\r\n");
}

bool Response::hasHeader(std::string_view name) const {
  std::string_view rest = headerLines_;
  while (!rest.empty()) {
    const auto end = rest.find("\r\n");
    const auto line = rest.substr(0, end);
    if (line.size() > name.size() && line[name.size()] == ':' &&
        equalsIgnoreCase(line.substr(0, name.size()), name)) {
      return true;
    }
    rest.remove_prefix(end + 2);
  }
  return false;
}

}  // namespace slipway::net
