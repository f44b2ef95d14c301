#include "ops/files/figure_file.hpp"

#include <fmt/format.h>

#include <chrono>

#include "ops/files/state_file.hpp"

namespace slipway::ops {

Result<> writeFigure(const std::filesystem::path& file, const MomentFigure& figure,
                     base::Timestamp when) {
  if (const auto made = makeFolders(file.parent_path()); !made) return made;
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(when.time_since_epoch()).count();
  return replaceFile(file, fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n{0}{2} {3}\n",
                                       figure.name, figure.help, figure.labels, seconds));
}

}  // namespace slipway::ops
