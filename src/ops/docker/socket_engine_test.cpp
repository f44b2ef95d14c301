#include "ops/docker/socket_engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace slipway::ops {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

/// Answers by "METHOD target".
class FakeHttp final : public HttpClient {
 public:
  std::map<std::string, HttpAnswer> answers{
      {"GET /version", {200, R"({"ApiVersion":"1.41","MinAPIVersion":"1.12"})"}}};
  std::vector<std::string> asked;
  std::vector<std::string> bodies;

  Result<HttpAnswer> send(const HttpCall& call) override {
    asked.push_back(call.method + " " + call.target);
    bodies.push_back(call.body);
    const auto found = answers.find(asked.back());
    if (found == answers.end()) return HttpAnswer{404, R"({"message":"no such thing"})"};
    return found->second;
  }
};

class SocketEngineTest : public ::testing::Test {
 protected:
  FakeHttp http_;
  SocketEngine engine_{"/run/docker.sock", http_};
};

TEST_F(SocketEngineTest, ListsAProjectByItsLabel) {
  http_.answers
      ["GET /v1.41/containers/json?all=1&filters=%7B%22label%22%3A%5B%22com.docker."
       "compose.project%3Dslipway-production%22%5D%7D"] = {
      200, R"([{"Id":"b"},{"Id":"a"},{"Id":"gone"}])"};
  http_.answers["GET /v1.41/containers/a/json"] = {200, R"({"Id":"a","Name":"/one"})"};
  http_.answers["GET /v1.41/containers/b/json"] = {200, R"({"Id":"b","Name":"/two"})"};
  const auto found = engine_.containers("slipway-production");
  ASSERT_TRUE(found) << found.error();
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ(found->at(0).name, "one");
  EXPECT_EQ(found->at(1).name, "two");
}

TEST_F(SocketEngineTest, SpeaksWhatANewerEngineStillTakes) {
  http_.answers["GET /version"] = {200, R"({"ApiVersion":"1.52","MinAPIVersion":"1.44"})"};
  http_.answers["GET /v1.44/info"] = {200, R"({"ServerVersion":"29","DockerRootDir":"/d"})"};
  const auto facts = engine_.facts();
  ASSERT_TRUE(facts) << facts.error();
  EXPECT_EQ(facts->rootFolder, "/d");
}

TEST_F(SocketEngineTest, RunsACommandInAContainer) {
  http_.answers["POST /v1.41/containers/c/exec"] = {201, R"({"Id":"e"})"};
  http_.answers["POST /v1.41/exec/e/start"] = {
      200, std::string("\1\0\0\0\0\0\0\3out\2\0\0\0\0\0\0\3err", 22)};
  http_.answers["GET /v1.41/exec/e/json"] = {200, R"({"ExitCode":4})"};
  const auto result = engine_.exec("c", {"slipwayd", "token"}, std::chrono::seconds(1));
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->out, "out");
  EXPECT_EQ(result->err, "err");
  EXPECT_EQ(result->exitCode, 4);
  EXPECT_THAT(http_.bodies, Contains(HasSubstr(R"("Cmd":["slipwayd","token"])")));
  EXPECT_FALSE(engine_.exec("none", {"x"}, std::chrono::seconds(1)));
}

TEST_F(SocketEngineTest, TellsWhatIsNotThereFromWhatFails) {
  EXPECT_FALSE(*engine_.container("none"));
  EXPECT_FALSE(*engine_.image("none:1"));
  http_.answers["GET /v1.41/containers/x/json"] = {500, R"({"message":"broken"})"};
  const auto failed = engine_.container("x");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error(), "the Docker Engine says 500 to GET /containers/x/json: broken");
}

TEST_F(SocketEngineTest, LeavesAnImageThatIsInUse) {
  http_.answers["DELETE /v1.41/images/s:1"] = {409, R"({"message":"in use"})"};
  http_.answers["DELETE /v1.41/images/s:2"] = {200, "[]"};
  EXPECT_FALSE(*engine_.removeImage("s:1"));
  EXPECT_TRUE(*engine_.removeImage("s:2"));
}

TEST_F(SocketEngineTest, StopsAndRemovesAContainerThatMayBeGone) {
  http_.answers["POST /v1.41/containers/a/stop?t=40"] = {304, ""};
  http_.answers["DELETE /v1.41/containers/a?force=1&v=1"] = {204, ""};
  EXPECT_TRUE(engine_.remove("a", std::chrono::seconds(40)));
  EXPECT_TRUE(engine_.remove("gone", std::chrono::seconds(40)));
}

TEST_F(SocketEngineTest, TagsAndReadsLogs) {
  http_.answers["POST /v1.41/images/sha256:1/tag?repo=slipway%2Fslipwayd&tag=x"] = {201, ""};
  EXPECT_TRUE(engine_.tag("sha256:1", "slipway/slipwayd", "x"));
  EXPECT_FALSE(engine_.tag("sha256:2", "slipway/slipwayd", "x"));
  http_.answers["GET /v1.41/containers/a/logs?stdout=1&stderr=1&tail=5"] = {
      200, std::string("\1\0\0\0\0\0\0\4log\n", 12)};
  EXPECT_EQ(*engine_.lastLogLines("a", 5), "log\n");
}

TEST(EngineSocket, IsThatOfDockerHost) {
  ASSERT_EQ(setenv("DOCKER_HOST", "unix:///tmp/d.sock", 1), 0);
  EXPECT_EQ(*engineSocket(), "/tmp/d.sock");
  ASSERT_EQ(setenv("DOCKER_HOST", "tcp://1.2.3.4:2375", 1), 0);
  EXPECT_FALSE(engineSocket());
  ASSERT_EQ(unsetenv("DOCKER_HOST"), 0);
  EXPECT_EQ(*engineSocket(), "/var/run/docker.sock");
}

}  // namespace
}  // namespace slipway::ops
