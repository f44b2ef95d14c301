// For tests: the tables (*_corpus.tsv) of what the reference implementations answered, written by
// scripts/dev/reference/. Only tests include this.
#pragma once

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace slipway::base {

/// "\xNN" in a column stands for that byte.
inline std::string unescapedColumn(const std::string& text) {
  constexpr int kHex = 16;
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      out.push_back(static_cast<char>(std::stoi(text.substr(i + 2, 2), nullptr, kHex)));
      i += 3;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

/// The rows of a table, each as its columns. Throws when it can't be read.
inline std::vector<std::vector<std::string>> recordedCases(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("can't read " + path);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string> columns;
    std::istringstream rest(line);
    for (std::string column; std::getline(rest, column, '\t');) {
      columns.push_back(unescapedColumn(column));
    }
    if (line.ends_with('\t')) columns.emplace_back();
    rows.push_back(std::move(columns));
  }
  return rows;
}

}  // namespace slipway::base
