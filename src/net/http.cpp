#include "net/http.hpp"

#include <algorithm>

namespace slipway::net {

namespace {

bool endsLine(char c) { return c == '\r' || c == '\n' || c == '\0'; }

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
  while (!value.empty()) {
    const auto safe = static_cast<std::size_t>(std::find_if(value.begin(), value.end(), endsLine) -
                                               value.begin());
    headerLines_.append(value.substr(0, safe));
    if (safe == value.size()) break;
    headerLines_.append(' ');
    value.remove_prefix(safe + 1);
  }
  headerLines_.append("\r\n");
}

bool Response::hasHeader(std::string_view name) const {
  std::string_view rest = headerLines_.view();
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
