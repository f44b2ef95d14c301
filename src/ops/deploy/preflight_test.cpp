#include "ops/deploy/preflight.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/deploy/fake_stack.hpp"
#include "ops/deploy/operation.hpp"

namespace slipway::ops {
namespace {

using ::testing::ElementsAre;
using testing::FakeStack;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(CheckFiles, FindsNothingWrongWithAGoodStack) {
  FakeStack stack;
  stack.serve("1.0.0");
  EXPECT_THAT(checkFiles(stack.stack(), stack.variables()), IsEmpty());
}

TEST(CheckFiles, SaysWhatIsWrongWithTheEnvFile) {
  FakeStack stack;
  const auto found = stack.stack();
  ASSERT_TRUE(replaceFile(stack.envFile(), "VERSION=1\nnonsense\nBLUE_REPLICAS=many\n"));
  EXPECT_THAT(checkFiles(found, stack.variables()),
              ElementsAre(HasSubstr("line 2 is not NAME=value"), HasSubstr("BLUE_REPLICAS")));
}

TEST(CheckSecrets, MissesFilesThatComposeWouldMount) {
  const slipway::testing::TemporaryFolder folder;
  ASSERT_TRUE(replaceFile(folder / "good", "x"));
  ASSERT_TRUE(replaceFile(folder / "empty", ""));
  ASSERT_TRUE(replaceFile(folder / "fullchain.pem", "x"));
  const auto config = base::readJson(fmt::format(
      R"({{"secrets":{{"a":{{"file":"{0}/good"}},"b":{{"file":"{0}/empty"}},"c":{{"file":"{0}/none"}},
        "d":{{"file":"{0}"}},"e":{{"external":true}}}},
        "services":{{"proxy":{{"volumes":[{{"source":"{0}","target":"/etc/nginx/tls"}}]}}}}}})",
      folder.path().string()));
  ASSERT_TRUE(config);
  EXPECT_THAT(checkSecrets(*config),
              ElementsAre(HasSubstr("empty is empty"), HasSubstr("none is missing"),
                          HasSubstr("is no file"), HasSubstr("privkey.pem is missing")));
}

TEST(CheckCompose, TellsWhatComposeSays) {
  FakeStack stack;
  stack.failing["config"] = "services.api-blue: bad";
  EXPECT_THAT(checkCompose(stack), ElementsAre("services.api-blue: bad"));
}

TEST(UnfinishedOperation, RefusesAFileThatItDoesNotKnow) {
  FakeStack stack;
  stack.serve("1.0.0");
  EXPECT_FALSE(*unfinishedOperation(stack.stack()));
  ASSERT_TRUE(replaceFile(stack.stack().operation(), R"({"format":99})"));
  const auto unknown = unfinishedOperation(stack.stack());
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error(), HasSubstr("deploy.json"));
}

TEST(Operation, IsWrittenAndReadAlike) {
  Operation operation{.verb = Verb::Rollback,
                      .id = "1",
                      .environment = "staging",
                      .who = "ana",
                      .host = "h",
                      .since = "now",
                      .options = {.strategy = Strategy::Rolling,
                                  .backsUp = true,
                                  .bringsUp = true,
                                  .endsWarm = true,
                                  .guardSamples = 7},
                      .from = Release{"1", "i", "p"},
                      .fromColour = Colour::Green,
                      .to = {"2", "j", "q"},
                      .toColour = Colour::Blue,
                      .isWarm = true,
                      .replicas = 3,
                      .before = {"1", {"1", 2}, {"2", 1}},
                      .hostsBefore = "api-green",
                      .phase = Phase::Undoing,
                      .step = "guard",
                      .baseline = Traffic{5, 1, {{0.1, 5}}},
                      .waiting = {"0005.sql"}};
  const auto json = toJson(operation);
  const auto read = readOperation(base::readJson(json.dump()).value());
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(toJson(*read), json);
}

}  // namespace
}  // namespace slipway::ops
