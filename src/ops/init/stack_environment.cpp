#include "ops/init/stack_environment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace slipway::ops {

namespace {

// Staging has TLS at 8080, where plain HTTP is sent on to TLS too; 8081 is for ACME alone.
constexpr std::array<StackEnvironment, 2> kEnvironments{{
    {"production", "80", "443", "172.20.0.0/16", "172.21.0.0/16", "172.30.0.0/24", "9090", "3000",
     "9093"},
    {"staging", "8081", "8080", "172.22.0.0/16", "172.23.0.0/16", "172.30.1.0/24", "9190", "3100",
     "9193"},
}};

constexpr StackEnvironment kCloud{"cloud",        "80",   "443",  "10.40.0.0/16", "10.41.0.0/16",
                                  "10.42.0.0/24", "9090", "3000", "9093"};

/// What is deployed is an operation's business: API_VERSION, API_REPLICAS, VERSION.
std::string cloudFile() {
  return fmt::format(
      "# What is filled into docker-compose.cloud.yml. Every variable: .env.example.\n"
      "# No secret is here: those are files in ./secrets/cloud, which become secrets of the "
      "Swarm.\n"
      "STACK_NAME=slipway-cloud\n"
      "SECRETS_DIR=./secrets/cloud\n"
      "STATE_DIR=./state/cloud\n"
      "HTTP_PORT={}\n"
      "HTTPS_PORT={}\n"
      "BACKEND_SUBNET={}\n"
      "FRONTEND_SUBNET={}\n",
      kCloud.httpPort, kCloud.httpsPort, kCloud.backendSubnet, kCloud.frontendSubnet);
}

}  // namespace

std::optional<StackEnvironment> findInitEnvironment(std::string_view name) {
  return name == kCloud.name ? std::optional(kCloud) : findStackEnvironment(name);
}

std::optional<StackEnvironment> findStackEnvironment(std::string_view name) {
  const auto* const found = std::ranges::find(kEnvironments, name, &StackEnvironment::name);
  return found == kEnvironments.end() ? std::nullopt : std::optional(*found);
}

std::string environmentFile(const StackEnvironment& environment) {
  if (environment.name == kCloud.name) return cloudFile();
  return fmt::format(
      "# What Compose fills into docker-compose.{0}.yml. Every variable: .env.example.\n"
      "# No secret is here: those are files in ./secrets/{0}.\n"
      "ENVIRONMENT={0}\n"
      "STACK_NAME=slipway-{0}\n"
      "SECRETS_DIR=./secrets/{0}\n"
      "STATE_DIR=./state/{0}\n"
      "VERSION=latest\n"
      "BLUE_REPLICAS=2\n"
      "GREEN_REPLICAS=0\n"
      "HTTP_PORT={1}\n"
      "HTTPS_PORT={2}\n"
      "BACKEND_SUBNET={3}\n"
      "FRONTEND_SUBNET={4}\n"
      "MONITORING_SUBNET={5}\n"
      "PROMETHEUS_PORT={6}\n"
      "GRAFANA_PORT={7}\n"
      "ALERTMANAGER_PORT={8}\n",
      environment.name, environment.httpPort, environment.httpsPort, environment.backendSubnet,
      environment.frontendSubnet, environment.monitoringSubnet, environment.prometheusPort,
      environment.grafanaPort, environment.alertmanagerPort);
}

}  // namespace slipway::ops
