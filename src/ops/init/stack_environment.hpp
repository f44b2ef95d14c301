// The two stacks that one host can run side by side, and that of a Swarm; how they differ where
// nobody decided otherwise. Plain values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace slipway::ops {

struct StackEnvironment {
  std::string_view name;
  std::string_view httpPort;
  std::string_view httpsPort;
  std::string_view backendSubnet;
  std::string_view frontendSubnet;
  std::string_view monitoringSubnet;
  std::string_view prometheusPort;
  std::string_view grafanaPort;
  std::string_view alertmanagerPort;
};

/// `staging` or `production`; nothing for any other name.
std::optional<StackEnvironment> findStackEnvironment(std::string_view name);

/// The same, and `cloud`.
std::optional<StackEnvironment> findInitEnvironment(std::string_view name);

/// The content of .env.<environment>: what Compose reads. No secrets.
std::string environmentFile(const StackEnvironment& environment);

}  // namespace slipway::ops
