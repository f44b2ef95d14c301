#include "users/users_api.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "platform/sqlite/sqlite_database.hpp"
#include "platform/sqlite/sqlite_engine.hpp"
#include "platform/test_support.hpp"
#include "users/fake_user_store.hpp"
#include "users/users_documentation.hpp"

namespace slipway::users {
namespace {

using net::Response;
using platform::SqlError;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kAda =
    R"({"id":1,"username":"ada","email":"ada@example.org","is_active":true,)"
    R"("created_at":"2025-11-22T21:50:04.467741"})";

struct Asked {
  std::string id = {};
  std::string body = {};
  std::string_view query = {};
  std::vector<net::Header> headers = {};
};

class UsersApiTest : public ::testing::Test {
 protected:
  void SetUp() override { engine_.migrate(platform::sqliteMigrations(), "0.1.0", clock_.now()); }

  Response ask(UserOperation::Place operation, Asked asked = {}) {
    net::Request request;
    request.methodName = "X";
    request.body = std::move(asked.body);
    request.query = asked.query;
    request.headers = std::move(asked.headers);
    request.headers.push_back({"Content-Type", "application/json"});
    platform::Call call{.request = request, .requestId = "r-1", .subject = "ops"};
    if (!asked.id.empty()) call.pathValues = {asked.id};
    auto response = slipway::testing::run(loop_, endpoints_[operation].handler(call));
    cache_ = call.cache;
    return response;
  }
  Response createAda() {
    return ask(UserOperation::Create, {.body = R"({"username":"ada","email":"ada@example.org"})"});
  }

  slipway::testing::FakeClock clock_;
  net::asio::io_context loop_;
  slipway::testing::TemporaryFolder folder_;
  platform::SqliteEngine engine_{{.path = folder_.file("test.db")}};
  platform::SqliteDatabase database_{engine_, loop_};
  FakeUserStore store_{clock_};
  std::vector<platform::Endpoint> endpoints_ =
      usersEndpoints({.store = store_, .database = database_, .clock = clock_});
  std::string cache_;
};

TEST_F(UsersApiTest, EveryDeclaredEndpointHasAHandler) {
  for (const auto& endpoint : endpoints_) EXPECT_TRUE(endpoint.handler) << endpoint.name;
}

TEST_F(UsersApiTest, ANewUserComesWithPlaceAndTag) {
  const auto created = createAda();
  EXPECT_EQ(created.status, 200U);
  EXPECT_EQ(created.body, kAda);
  EXPECT_THAT(created.headerLines(), HasSubstr("Location: /users/1\r\n"));
  EXPECT_THAT(created.headerLines(), HasSubstr("ETag: \"1-1\"\r\n"));
}

TEST_F(UsersApiTest, AUserIsReadUnlessTheClientHasIt) {
  createAda();
  EXPECT_EQ(ask(UserOperation::Get, {.id = "1"}).body, kAda);
  EXPECT_EQ(cache_, "miss");
  const auto same = ask(UserOperation::Get, {.id = "1", .headers = {{"If-None-Match", "\"1-1\""}}});
  EXPECT_EQ(same.status, 304U);
  EXPECT_TRUE(same.body.empty());
  EXPECT_EQ(ask(UserOperation::Get, {.id = "2"}).status, 404U);
}

TEST_F(UsersApiTest, PatchChangesWhatIsGivenAndPutTheRestToo) {
  createAda();
  const auto idle = ask(UserOperation::Patch, {.id = "1", .body = R"({"is_active":false})"});
  EXPECT_THAT(idle.body,
              HasSubstr(R"("username":"ada","email":"ada@example.org","is_active":false)"));
  EXPECT_THAT(idle.headerLines(), HasSubstr("ETag: \"1-2\"\r\n"));
  const auto replaced = ask(UserOperation::Replace,
                            {.id = "1", .body = R"({"username":"eva","email":"eva@example.org"})"});
  EXPECT_THAT(replaced.body,
              HasSubstr(R"("username":"eva","email":"eva@example.org","is_active":true)"));
}

TEST_F(UsersApiTest, AConditionThatFailsChangesNothing) {
  createAda();
  const std::vector<net::Header> old = {{"If-Match", "\"1-9\""}};
  EXPECT_EQ(ask(UserOperation::Patch, {.id = "1", .body = R"({"is_active":false})", .headers = old})
                .status,
            412U);
  EXPECT_EQ(ask(UserOperation::Remove, {.id = "1", .headers = old}).status, 412U);
  EXPECT_EQ(ask(UserOperation::Remove, {.id = "1"}).status, 204U);
  EXPECT_EQ(ask(UserOperation::Remove, {.id = "1"}).status, 404U);
}

TEST_F(UsersApiTest, AllThatIsWrongIsToldInFieldOrder) {
  const auto answer = ask(UserOperation::Replace, {.id = "x", .body = R"({"username":"a"})"});
  EXPECT_EQ(answer.status, 422U);
  const auto path = answer.body.find(R"("loc":["path","user_id"])");
  const auto name = answer.body.find(R"("loc":["body","username"])");
  const auto email = answer.body.find(R"("loc":["body","email"])");
  EXPECT_LT(path, name);
  EXPECT_LT(name, email);
  EXPECT_NE(email, std::string::npos);
  for (const auto operation : {UserOperation::Get, UserOperation::Remove, UserOperation::Audit}) {
    EXPECT_EQ(ask(operation, {.id = "1.5"}).status, 422U);
  }
  const auto audit = ask(UserOperation::Audit, {.id = "x", .query = "limit=0&after=y"});
  for (const auto* const place : {"user_id", "limit", "after"}) {
    EXPECT_THAT(audit.body, HasSubstr(place));
  }
}

TEST_F(UsersApiTest, AListLinksToItsNextPage) {
  createAda();
  ask(UserOperation::Create, {.body = R"({"username":"bob","email":"bob@example.org"})"});
  const auto first = ask(UserOperation::List, {.query = "limit=1&q=%61"});
  EXPECT_EQ(first.body, "[" + std::string(kAda) + "]");
  EXPECT_THAT(first.headerLines(), Not(HasSubstr("Link")));
  const auto all = ask(UserOperation::List, {.query = "limit=1&skip=0"});
  EXPECT_THAT(all.headerLines(), HasSubstr("Link: </users?limit=1&after=1>; rel=\"next\"\r\n"));
  const auto last = ask(UserOperation::List, {.query = "limit=1&after=1"});
  EXPECT_THAT(last.body, HasSubstr("bob"));
  EXPECT_THAT(last.headerLines(), Not(HasSubstr("Link")));
  EXPECT_EQ(ask(UserOperation::List, {.query = "limit=0"}).status, 422U);
}

TEST_F(UsersApiTest, WhatTheStoreSaysBecomesAStatus) {
  createAda();
  EXPECT_THAT(createAda().body, HasSubstr("Username already exists"));
  using Kind = UserError::Kind;
  const std::pair<UserError, unsigned> answers[] = {
      {{Kind::UsernameTaken}, 400U},
      {{Kind::EmailTaken}, 400U},
      {{Kind::InvalidText}, 400U},
      {{Kind::Database, {SqlError::Kind::Unavailable, "secret"}}, 503U},
      {{Kind::Database, {SqlError::Kind::Internal, "secret"}}, 500U}};
  for (const auto& [failure, status] : answers) {
    store_.failure = failure;
    for (const auto operation : {UserOperation::Create, UserOperation::Get, UserOperation::List,
                                 UserOperation::Patch, UserOperation::Remove}) {
      const bool creates = operation == UserOperation::Create;
      const auto answer = ask(
          operation,
          {.id = "1", .body = creates ? R"({"username":"eva","email":"eva@example.org"})" : "{}"});
      EXPECT_EQ(answer.status, status) << endpoints_[operation].name;
      EXPECT_THAT(answer.body, Not(HasSubstr("secret")));
    }
  }
}

}  // namespace
}  // namespace slipway::users
