#include "ops/docker/engine_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway::ops {
namespace {

using ::testing::ElementsAre;

Container container(std::string_view json) { return readContainer(base::readJson(json).value()); }

TEST(ReadContainer, TakesWhatOperationsLookAt) {
  const auto read = container(R"({"Id":"abc","Name":"/slipway-production-api-blue-1",
    "State":{"Status":"running","ExitCode":0,"OOMKilled":false,"StartedAt":"2026-01-02T03:04:05.6Z",
             "Health":{"Status":"healthy","Log":[]}},
    "Image":"sha256:1234","RestartCount":2,
    "Config":{"Image":"slipway/slipwayd:1.2.0","Labels":{"com.docker.compose.service":"api-blue",
      "com.docker.compose.oneoff":"False"}},
    "NetworkSettings":{"Networks":{"p_frontend":{"IPAddress":"172.21.0.3"},
                                   "p_backend":{"IPAddress":"172.20.0.3"}}}})");
  EXPECT_EQ(read.id, "abc");
  EXPECT_EQ(read.name, "slipway-production-api-blue-1");
  EXPECT_EQ(read.service, "api-blue");
  EXPECT_FALSE(read.isOneOff);
  EXPECT_EQ(read.image, "sha256:1234");
  EXPECT_EQ(read.imageName, "slipway/slipwayd:1.2.0");
  EXPECT_TRUE(read.isRunning());
  EXPECT_EQ(read.health, Health::Healthy);
  EXPECT_EQ(read.restartCount, 2);
  EXPECT_EQ(read.startedAt, "2026-01-02T03:04:05.6Z");
  EXPECT_EQ(addressIn(read, "p_frontend"), "172.21.0.3");
  EXPECT_EQ(addressIn(read, "other"), "");
}

TEST(ReadContainer, SeesHowOneEnded) {
  const auto read = container(R"({"State":{"Status":"exited","ExitCode":137,"OOMKilled":true,
    "Health":{"Status":"unhealthy"}},"Config":{"Labels":{"com.docker.compose.oneoff":"True"}}})");
  EXPECT_FALSE(read.isRunning());
  EXPECT_EQ(read.exitCode, 137);
  EXPECT_TRUE(read.oomKilled);
  EXPECT_TRUE(read.isOneOff);
  EXPECT_EQ(read.health, Health::Unhealthy);
}

TEST(ReadContainer, TakesWhateverComes) {
  EXPECT_EQ(container(R"({"State":5,"NetworkSettings":{"Networks":null}})").status, "");
  EXPECT_EQ(container("[]").id, "");
}

TEST(ReadImage, TakesTagsAndLabels) {
  const auto image = readImage(base::readJson(R"({"Id":"sha256:1","RepoTags":["a:1","a:latest"],
    "Config":{"Labels":{"org.opencontainers.image.version":"1.2.0"}}})")
                                   .value());
  EXPECT_EQ(image.id, "sha256:1");
  EXPECT_THAT(image.tags, ElementsAre("a:1", "a:latest"));
  EXPECT_EQ(image.labels.at("org.opencontainers.image.version"), "1.2.0");
  EXPECT_TRUE(readImage(base::readJson(R"({"RepoTags":null})").value()).tags.empty());
}

TEST(ReadEngineMessage, IsOneLineWhateverCame) {
  EXPECT_EQ(readEngineMessage(R"({"message":"No such image: x:1"})"), "No such image: x:1");
  EXPECT_EQ(readEngineMessage("page not found\n"), "page not found");
  EXPECT_LE(readEngineMessage(std::string(10000, 'x')).size(), 410U);
}

TEST(ReadStreams, SplitsTheFrames) {
  const std::string framed("\1\0\0\0\0\0\0\3one\2\0\0\0\0\0\0\4two\n\1\0\0\0\0\0\0\5thr", 34);
  const auto streams = readStreams(framed);
  EXPECT_EQ(streams.out, "onethr");
  EXPECT_EQ(streams.err, "two\n");
  EXPECT_EQ(streams.both, "onetwo\nthr");
  EXPECT_EQ(readStreams("short").both, "");
}

}  // namespace
}  // namespace slipway::ops
