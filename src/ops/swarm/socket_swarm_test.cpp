#include "ops/swarm/socket_swarm.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>

#include "ops/swarm/stack_deploy.hpp"

namespace slipway::ops {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

/// Answers by "METHOD path", each answer once; the last one again and again.
class FakeHttp final : public HttpClient {
 public:
  std::map<std::string, std::deque<HttpAnswer>> answers{
      {"GET /version", {{200, R"({"ApiVersion":"1.41","MinAPIVersion":"1.12"})"}}}};
  std::vector<std::string> bodies;

  Result<HttpAnswer> send(const HttpCall& call) override {
    const auto found =
        answers.find(call.method + " " + call.target.substr(0, call.target.find('?')));
    if (found == answers.end()) return HttpAnswer{404, R"({"message":"no such thing"})"};
    if (!call.body.empty()) bodies.push_back(call.target + " " + call.body);
    auto answer = found->second.front();
    if (found->second.size() > 1) found->second.pop_front();
    return answer;
  }
};

constexpr auto kService = R"({"ID":"s1","Version":{"Index":7},"Spec":{"Name":"slipway-cloud_api",
  "Labels":{"slipway.frozen-until":"5","other":"x"},
  "Mode":{"Replicated":{"Replicas":3}},
  "TaskTemplate":{"ContainerSpec":{"Image":"slipway/slipwayd:1.0.0@sha256:abc"},
                  "Runtime":"container"}},
  "UpdateStatus":{"State":"rollback_completed","Message":"rollback\ncompleted"}})";

class SocketSwarmTest : public ::testing::Test {
 protected:
  void answer(const std::string& to, unsigned status, std::string body) {
    http_.answers[to].push_back({status, std::move(body)});
  }

  FakeHttp http_;
  SocketSwarm swarm_{"/run/docker.sock", http_};
};

TEST_F(SocketSwarmTest, ReadsServices) {
  answer("GET /v1.41/services", 200, std::string("[") + kService + "]");
  const auto services = swarm_.services("slipway-cloud");
  ASSERT_TRUE(services) << services.error();
  const auto& api = services->front();
  EXPECT_EQ(api.name, "api");
  EXPECT_EQ(api.image, "slipway/slipwayd:1.0.0");
  EXPECT_EQ(api.replicas, 3U);
  EXPECT_EQ(api.update, UpdateState::RolledBack);
  EXPECT_EQ(api.updateMessage, "rollback completed");
  EXPECT_FALSE(api.isJob);
}

TEST_F(SocketSwarmTest, ReadsTasksInTheOrderOfTheirChanges) {
  answer("GET /v1.41/tasks", 200,
         R"json([{"ID":"t2","ServiceID":"s1","NodeID":"n1","Slot":1,"DesiredState":"running",
              "Status":{"State":"running","Timestamp":"2026-01-02T03:04:06Z",
                        "ContainerStatus":{"ContainerID":"c2"}},
              "Spec":{"ContainerSpec":{"Image":"slipway/slipwayd:1.0.0"}}},
             {"ID":"t1","DesiredState":"shutdown",
              "Status":{"State":"failed","Err":"exit (1)","Timestamp":"2026-01-02T03:04:05Z"}
}])json");
  const auto tasks = swarm_.tasks("slipway-cloud");
  ASSERT_TRUE(tasks) << tasks.error();
  EXPECT_TRUE(tasks->at(0).hasFailed());
  EXPECT_EQ(tasks->at(0).error, "exit (1)");
  EXPECT_TRUE(tasks->at(1).isWanted());
  EXPECT_EQ(tasks->at(1).container, "c2");
}

TEST_F(SocketSwarmTest, ATaskAndItsServiceSayTheSameOfTheSameSpecification) {
  answer("GET /v1.41/services", 200, std::string("[") + kService + "]");
  answer("GET /v1.41/tasks", 200,
         R"([{"Spec":{"ContainerSpec":{"Image":"slipway/slipwayd:1.0.0@sha256:abc"}}}])");
  EXPECT_EQ(swarm_.services("slipway-cloud")->front().taskSpec,
            swarm_.tasks("slipway-cloud")->front().taskSpec);
}

TEST_F(SocketSwarmTest, ScalesAndLeavesAllElseAsItIs) {
  answer("GET /v1.41/services/s1", 200, kService);
  answer("POST /v1.41/services/s1/update", 200, "{}");
  ASSERT_TRUE(swarm_.scale("s1", 5));
  EXPECT_THAT(http_.bodies, Contains(HasSubstr("version=7 ")));
  EXPECT_THAT(http_.bodies, Contains(HasSubstr(R"("Mode":{"Replicated":{"Replicas":5}})")));
  EXPECT_THAT(http_.bodies, Contains(HasSubstr(R"("other":"x")")));
}

TEST_F(SocketSwarmTest, TriesAgainWhenAnotherWasFaster) {
  answer("GET /v1.41/services/s1", 200, kService);
  answer("POST /v1.41/services/s1/update", 500,
         R"({"message":"rpc error: code = Unknown desc = update out of sequence"})");
  answer("POST /v1.41/services/s1/update", 200, "{}");
  EXPECT_TRUE(swarm_.setLabel("s1", "slipway.frozen-until", "0"));
  EXPECT_THAT(http_.bodies, Contains(HasSubstr(R"("slipway.frozen-until":"0","other":"x")")));
}

TEST_F(SocketSwarmTest, TellsWhyAChangeIsNotTaken) {
  answer("GET /v1.41/services/s1", 200, kService);
  answer("POST /v1.41/services/s1/update", 400, R"({"message":"bad spec"})");
  const auto done = swarm_.scale("s1", 5);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error(), HasSubstr("bad spec"));
}

TEST_F(SocketSwarmTest, SaysWhatToDoWithoutALeader) {
  const auto* const said =
      R"({"message":"rpc error: code = Unknown desc = The swarm does not have a leader."})";
  answer("GET /v1.41/services", 500, said);
  answer("GET /v1.41/nodes", 500, said);
  answer("GET /v1.41/services/s1", 500, said);
  EXPECT_THAT(swarm_.services("slipway-cloud").error(), HasSubstr("Too few managers"));
  EXPECT_THAT(swarm_.nodes().error(), HasSubstr("Too few managers"));
  EXPECT_THAT(swarm_.scale("s1", 5).error(), HasSubstr("Too few managers"));
}

TEST(StackDeploy, SaysTheReasonAndNoneOfTheAdvice) {
  EXPECT_EQ(deployError(1, "Since --detach=false was not specified, ...\nno such image\n"),
            "docker stack deploy failed (1): no such image");
  EXPECT_THAT(deployError(1, "The swarm does not have a leader."), HasSubstr("Too few managers"));
}

TEST(StackDeploy, IsAnArgumentVector) {
  const auto command = stackDeployCommand(
      {.files = {.folder = "/s", .files = {"/s/a b.yml"}}, .name = "slipway-cloud"},
      {{"API_VERSION", "1.0.0"}}, "/run/docker.sock");
  EXPECT_EQ(command.arguments.back(), "slipway-cloud");
  EXPECT_THAT(command.arguments, Contains("/s/a b.yml"));
  EXPECT_EQ(command.variables.front().second, "1.0.0");
}

}  // namespace
}  // namespace slipway::ops
