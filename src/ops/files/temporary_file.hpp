// A file beside the one that it is to become, in the same folder, so that the name can be given to
// it in one step. It goes away with this object. Single-threaded.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace slipway::ops {

class TemporaryFile {
 public:
  explicit TemporaryFile(const std::filesystem::path& beside);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  /// False: errno says why.
  bool isOpen() const { return descriptor_ >= 0; }
  const char* path() const { return path_.c_str(); }
  int descriptor() const { return descriptor_; }

 private:
  std::string path_;
  int descriptor_;
};

/// All of it; false: errno says why not.
bool writeAll(int descriptor, std::string_view content);

/// So that a name that was given survives a power failure as the content does.
void syncFolder(const std::filesystem::path& folder);

}  // namespace slipway::ops
