#include "base/control_groups.hpp"

#include <algorithm>
#include <fstream>
#include <string>

#include "base/text.hpp"

namespace slipway::base {

namespace {

namespace fs = std::filesystem;

void addUpwards(std::vector<fs::path>& found, const fs::path& mount, fs::path group) {
  found.push_back(mount);
  for (group = group.relative_path(); !group.empty(); group = group.parent_path()) {
    found.push_back(mount / group);
  }
}

bool names(std::string_view controllers, std::string_view wanted) {
  const auto list = splitList(controllers);
  return std::ranges::find(list, wanted) != list.end();
}

}  // namespace

std::vector<fs::path> controlGroups(const fs::path& root, std::string_view controller) {
  const auto mounts = root / "sys/fs/cgroup";
  std::ifstream groups(root / "proc/self/cgroup");
  std::vector<fs::path> found;
  // Lines of `number:controllers:path`; version 2 has no controllers there.
  for (std::string line; std::getline(groups, line);) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const auto controllers = line.substr(first + 1, second - first - 1);
    const fs::path group = line.substr(second + 1);
    if (controllers.empty()) {
      addUpwards(found, mounts, group);
    } else if (names(controllers, controller)) {
      // Mounted by all its names, or by one of them.
      addUpwards(found, mounts / controllers, group);
      if (controllers != controller) addUpwards(found, mounts / controller, group);
    }
  }
  return found;
}

}  // namespace slipway::base
