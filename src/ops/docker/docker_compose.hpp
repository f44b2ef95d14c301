// `docker compose` of this machine, or where there is none (Debian 12), that of the ops image with
// the Engine's socket and the stack's folder mounted: the same arguments, files and exit code.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ops/docker/compose.hpp"
#include "ops/process/run_command.hpp"

namespace slipway::ops {

/// The whole command line. `image`: the ops image, to run Compose from; empty: this machine's own.
/// `known`: names of variables of this process that the Compose files ask for.
Command composeCommand(const ComposeFiles& files, const ComposeCall& call,
                       const std::filesystem::path& socket, const std::string& image,
                       const std::vector<std::string>& known);

/// The names in ${...} of the Compose files in the folder, without repetition.
std::vector<std::string> variablesIn(const ComposeFiles& files);

class DockerCompose final : public Compose {
 public:
  DockerCompose(ComposeFiles files, std::filesystem::path socket)
      : files_(std::move(files)), socket_(std::move(socket)) {}

  Result<std::string> run(const ComposeCall& call) override;
  Result<> pull(const std::string& image) override;

 private:
  const std::string& opsImage();

  const ComposeFiles files_;
  const std::filesystem::path socket_;
  std::optional<std::string> opsImage_;  // once it is known which
};

}  // namespace slipway::ops
