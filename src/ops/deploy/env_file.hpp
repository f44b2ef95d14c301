// An env file as Compose reads it (.env.<environment>): lines NAME=value and comments. What is not
// changed stays as it is, byte for byte. A plain value; reading and writing the file is its
// owner's business.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::ops {

class EnvFile {
 public:
  explicit EnvFile(std::string_view text);

  /// Of its last line, without quotes; as Compose takes it.
  std::optional<std::string> find(std::string_view name) const;
  /// Changes the lines that set `name`, or adds one.
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name);

  std::string text() const;
  /// What is no comment and sets nothing: "line 3: ...", all of them.
  std::vector<std::string> problems() const;

 private:
  std::vector<std::string> lines_;
};

}  // namespace slipway::ops
