#include "platform/sql_summary.hpp"

#include <cstddef>

namespace slipway::platform {

namespace {

constexpr std::string_view kNameCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

/// Takes the next word off `text`: a name, or one character that belongs to none.
std::string_view nextWord(std::string_view& text) {
  const auto begin = text.find_first_not_of(" \n");
  if (begin == std::string_view::npos) {
    text = {};
    return {};
  }
  text.remove_prefix(begin);
  const auto end = text.find_first_not_of(kNameCharacters);
  const std::size_t size = end == std::string_view::npos ? text.size() : end;
  const auto word = text.substr(0, size == 0 ? 1 : size);
  text.remove_prefix(word.size());
  return word;
}

bool namesTable(std::string_view keyword) {
  return keyword == "FROM" || keyword == "INTO" || keyword == "UPDATE";
}

}  // namespace

std::string_view sqlOperation(std::string_view sql) { return nextWord(sql); }

std::string_view sqlTable(std::string_view sql) {
  while (!sql.empty()) {
    if (!namesTable(nextWord(sql))) continue;
    const auto table = nextWord(sql);
    if (table.find_first_not_of(kNameCharacters) == std::string_view::npos) return table;
  }
  return {};
}

}  // namespace slipway::platform
