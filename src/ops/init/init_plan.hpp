// What `slipway init` does, as a value: folders, and files made together (a certificate and its
// key) with their owners and modes. Planning touches nothing; `carryOut` makes what is not there
// and leaves what is. Contents are made only when they are needed, and may be made of files before
// them.
#pragma once

#include <sys/types.h>

#include <expected>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/secret.hpp"
#include "base/time.hpp"
#include "ops/init/new_file.hpp"
#include "ops/init/stack_environment.hpp"

namespace slipway::ops {

struct InitRequest {
  StackEnvironment environment;
  std::filesystem::path directory;    // of the Compose files
  std::vector<std::string> tlsHosts;  // names in the proxy's certificate
  base::Timestamp now;
  bool keepOwner = false;  // for engines that map users: give nothing away
};

struct PlannedFolder {
  std::filesystem::path path;  // below the directory
  mode_t mode = 0;
  std::optional<Owner> owner;
};

struct PlannedFile {
  std::filesystem::path path;  // below the directory
  mode_t mode = 0;
  std::optional<Owner> owner;
};

/// Files that make sense only together.
struct PlannedFiles {
  std::string purpose;
  std::vector<PlannedFile> files;
  /// A content for each of `files`. Error: why not, in one line.
  using Contents = std::expected<std::vector<base::Secret>, std::string>;
  std::function<Contents()> make;
};

struct InitPlan {
  std::filesystem::path directory;
  std::vector<PlannedFolder> folders;
  std::vector<PlannedFiles> files;
};

enum class FileOutcome : std::uint8_t { Made, Kept };

struct InitResult {
  std::filesystem::path path;
  std::string purpose;
  FileOutcome outcome;
};

InitPlan planInit(const InitRequest& request);

/// Makes what is missing, in order, and tells each file's outcome. Error: the first thing that
/// could not be done; what was made before stays, and the next call goes on from there.
std::expected<std::vector<InitResult>, std::string> carryOut(const InitPlan& plan);

}  // namespace slipway::ops
