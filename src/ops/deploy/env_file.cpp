#include "ops/deploy/env_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace slipway::ops {

namespace {

bool isName(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && (name.front() < '0' || name.front() > '9') &&
         std::ranges::all_of(name, allowed);
}

/// Empty for a line that sets nothing.
std::string_view nameIn(std::string_view line) {
  const auto equals = line.find('=');
  if (equals == std::string_view::npos) return {};
  auto name = base::trim(line.substr(0, equals));
  constexpr std::string_view kExport = "export ";
  if (name.starts_with(kExport)) name = base::trim(name.substr(kExport.size()));
  return isName(name) ? name : std::string_view();
}

std::string valueIn(std::string_view line) {
  const auto value = base::trim(line.substr(line.find('=') + 1));
  if (!value.empty() && (value.front() == '"' || value.front() == '\'')) {
    const auto end = value.find(value.front(), 1);
    if (end != std::string_view::npos) return std::string(value.substr(1, end - 1));
  }
  return std::string(base::trim(value.substr(0, value.find(" #"))));
}

bool isBlank(std::string_view line) {
  const auto content = base::trim(line);
  return content.empty() || content.front() == '#';
}

}  // namespace

EnvFile::EnvFile(std::string_view text) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines_.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

std::optional<std::string> EnvFile::find(std::string_view name) const {
  std::optional<std::string> value;
  for (const auto& line : lines_) {
    if (nameIn(line) == name) value = valueIn(line);
  }
  return value;
}

void EnvFile::set(std::string_view name, std::string_view value) {
  const auto wanted = fmt::format("{}={}", name, value);
  bool found = false;
  for (auto& line : lines_) {
    if (nameIn(line) != name) continue;
    line = wanted;
    found = true;
  }
  if (!found) lines_.push_back(wanted);
}

void EnvFile::remove(std::string_view name) {
  std::erase_if(lines_, [name](const auto& line) { return nameIn(line) == name; });
}

std::string EnvFile::text() const {
  std::string text;
  for (const auto& line : lines_) text.append(line).append("\n");
  return text;
}

std::vector<std::string> EnvFile::problems() const {
  std::vector<std::string> found;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    if (isBlank(lines_[i]) || !nameIn(lines_[i]).empty()) continue;
    found.push_back(fmt::format("line {} is not NAME=value", i + 1));
  }
  return found;
}

}  // namespace slipway::ops
