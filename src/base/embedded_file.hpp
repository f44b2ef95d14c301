// A file that is part of the program, put there at build time by cmake/EmbedFiles.cmake. Its views
// are of static data: they are valid for the life of the process and any thread may read them.
#pragma once

#include <string_view>

namespace slipway::base {

struct EmbeddedFile {
  std::string_view name;  // without its folder
  std::string_view content;
  std::string_view gzip;    // the same compressed; empty when not asked for
  std::string_view digest;  // 16 hexadecimal digits of the content's SHA-256
};

}  // namespace slipway::base
