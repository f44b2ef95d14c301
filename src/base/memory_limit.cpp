#include "base/memory_limit.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

#include "base/control_groups.hpp"
#include "base/text.hpp"

namespace slipway::base {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

std::uint64_t readLimit(const fs::path& path) {
  std::ifstream file(path);
  std::string word;
  file >> word;
  return parseUnsigned(word).value_or(kUnlimited);  // "max": none
}

std::uint64_t machineMemory(const fs::path& root) {
  constexpr std::uint64_t kKibibyte = 1024;
  std::ifstream file(root / "proc/meminfo");
  for (std::string name; file >> name;) {
    std::uint64_t kibibytes = 0;
    if (name == "MemTotal:" && file >> kibibytes) return kibibytes * kKibibyte;
    file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return kUnlimited;
}

}  // namespace

std::uint64_t grantedMemory(const fs::path& root) {
  auto least = machineMemory(root);
  for (const auto& group : controlGroups(root, "memory")) {
    // Version 1 says "none" by a number larger than any machine's memory.
    least = std::min(
        {least, readLimit(group / "memory.max"), readLimit(group / "memory.limit_in_bytes")});
  }
  return least == kUnlimited ? 0 : least;
}

}  // namespace slipway::base
