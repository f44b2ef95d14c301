// What node-exporter reads for Prometheus: a file with one moment, in the text format, replaced as
// a whole. Errors as in state_file.hpp.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/time.hpp"
#include "ops/result.hpp"

namespace slipway::ops {

struct MomentFigure {
  std::string_view name;
  std::string_view help;
  std::string_view labels = {};  // {a="b"}, or empty
};

/// Makes the folder when it is missing. `when` in seconds of Unix time.
Result<> writeFigure(const std::filesystem::path& file, const MomentFigure& figure,
                     base::Timestamp when);

}  // namespace slipway::ops
