#include "ops/deploy/stack.hpp"

#include <gtest/gtest.h>

namespace slipway::ops {
namespace {

std::optional<std::string> none(const std::string& /*name*/) { return std::nullopt; }

TEST(LocateStack, HasTheDefaultsOfTheComposeFiles) {
  const auto stack =
      locateStack({.environment = "production", .folder = "/srv/slipway"}, EnvFile(""), none);
  EXPECT_EQ(stack.project, "slipway-production");
  EXPECT_EQ(stack.frontend(), "slipway-production_frontend");
  EXPECT_EQ(stack.repository, "slipway/slipwayd");
  EXPECT_EQ(stack.files.folder, "/srv/slipway");
  EXPECT_EQ(stack.files.files.front(), "/srv/slipway/docker-compose.production.yml");
  EXPECT_EQ(stack.files.envFile, "/srv/slipway/.env.production");
  EXPECT_EQ(stack.hosts(), "/srv/slipway/state/production/proxy/hosts");
}

TEST(LocateStack, TakesTheEnvFileAndTheEnvironmentBeforeIt) {
  const auto variables = [](const std::string& name) -> std::optional<std::string> {
    if (name == "STACK_NAME") return "other";
    return std::nullopt;
  };
  const EnvFile env("STACK_NAME=mine\nSTATE_DIR=/var/lib/slipway\nSLIPWAYD_IMAGE=r.example/s\n");
  const auto stack = locateStack({.environment = "staging",
                                  .folder = "/srv/slipway/",
                                  .envFile = "/etc/slipway.env",
                                  .moreFiles = {"/srv/more.yml"}},
                                 env, variables);
  EXPECT_EQ(stack.project, "other");
  EXPECT_EQ(stack.state, "/var/lib/slipway");
  EXPECT_EQ(stack.image("1.2.0"), "r.example/s:1.2.0");
  EXPECT_EQ(stack.files.folder, "/srv/slipway");
  EXPECT_EQ(stack.files.envFile, "/etc/slipway.env");
  EXPECT_EQ(stack.files.files.size(), 2U);
}

}  // namespace
}  // namespace slipway::ops
