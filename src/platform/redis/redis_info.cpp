#include "platform/redis/redis_info.hpp"

#include "base/text.hpp"

namespace slipway::platform {

std::string_view infoField(std::string_view info, std::string_view name) {
  while (!info.empty()) {
    const auto line = info.substr(0, info.find('\n'));
    info.remove_prefix(std::min(line.size() + 1, info.size()));
    if (line.size() > name.size() && line[name.size()] == ':' && line.starts_with(name)) {
      return base::trim(line.substr(name.size() + 1));
    }
  }
  return {};
}

std::uint64_t infoNumber(std::string_view list, std::string_view name) {
  for (const auto item : base::splitList(list)) {
    if (item.size() > name.size() && item[name.size()] == '=' && item.starts_with(name)) {
      return base::parseUnsigned(item.substr(name.size() + 1)).value_or(0);
    }
  }
  return 0;
}

}  // namespace slipway::platform
