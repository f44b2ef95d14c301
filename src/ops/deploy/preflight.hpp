// All that can be known before anything is changed. Every problem is found at once, and each says
// what to do. Only looks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ops/deploy/observed.hpp"
#include "ops/deploy/operation.hpp"
#include "ops/deploy/stack.hpp"
#include "ops/docker/compose.hpp"
#include "ops/docker/engine.hpp"

namespace slipway::ops {

using Problems = std::vector<std::string>;

/// Compose files and env file are there and well formed; no variable of this process outranks what
/// slipway writes into the env file.
Problems checkFiles(const Stack& stack, const Variables& variables);

/// Compose takes the files, and the secrets that they name are there.
Problems checkCompose(Compose& compose);

/// Room for an image, where the Engine keeps them, and for the state folder.
Problems checkSpace(const Stack& stack, const std::filesystem::path& engineFolder);

/// Secrets and the certificate that the stack mounts, of `docker compose config --format json`.
Problems checkSecrets(const base::Json& config);

/// The operation that was cut short, if there is one.
Result<std::optional<Operation>> unfinishedOperation(const Stack& stack);

}  // namespace slipway::ops
