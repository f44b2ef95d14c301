#include "ops/docker/docker_compose.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/temporary_folder_test_support.hpp"
#include "ops/files/state_file.hpp"

namespace slipway::ops {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const ComposeFiles kFiles{.folder = "/srv/slipway",
                          .files = {"/srv/slipway/docker-compose.production.yml"},
                          .envFile = "/srv/state/.env.production"};
const ComposeCall kUp{.arguments = {"up", "--detach", "api-green"},
                      .variables = {{"VERSION", "1.2.0"}}};

TEST(ComposeCommand, IsThatOfTheMachine) {
  const auto command = composeCommand(kFiles, kUp, "/var/run/docker.sock", "", {"STACK_NAME"});
  EXPECT_THAT(
      command.arguments,
      ElementsAre("docker", "compose", "--ansi", "never", "--project-directory", "/srv/slipway",
                  "--file", "/srv/slipway/docker-compose.production.yml", "--env-file",
                  "/srv/state/.env.production", "up", "--detach", "api-green"));
  EXPECT_THAT(command.variables, ElementsAre(std::pair{"VERSION", "1.2.0"}));
}

TEST(ComposeCommand, IsThatOfTheOpsImageWhereThereIsNone) {
  const auto line = inWords(
      composeCommand(kFiles, kUp, "/run/docker.sock", "slipway/ops:1", {"STACK_NAME"}).arguments);
  EXPECT_THAT(line, HasSubstr("docker run --rm --network none --read-only"));
  EXPECT_THAT(line, HasSubstr("--volume /run/docker.sock:/var/run/docker.sock --volume "
                              "/srv/slipway:/srv/slipway --volume /srv/state:/srv/state"));
  EXPECT_THAT(line, HasSubstr("--workdir /srv/slipway --env STACK_NAME --env VERSION "
                              "slipway/ops:1 docker compose"));
  // A value in an argument vector is seen by everybody on the machine.
  EXPECT_THAT(line, Not(HasSubstr("1.2.0")));
}

TEST(VariablesIn, AreThoseThatTheComposeFilesAskFor) {
  const slipway::testing::TemporaryFolder folder;
  ASSERT_TRUE(replaceFile(folder / "docker-compose.a.yml", "x: ${ONE:-1}:${TWO}\ny: ${THREE?z}\n"));
  ASSERT_TRUE(replaceFile(folder / "docker-compose.b.yml", "x: ${ONE}\n"));
  ASSERT_TRUE(replaceFile(folder / "other.yml", "x: ${FOUR}\n"));
  EXPECT_THAT(variablesIn({.folder = folder.path()}), ElementsAre("ONE", "THREE", "TWO"));
}

}  // namespace
}  // namespace slipway::ops
