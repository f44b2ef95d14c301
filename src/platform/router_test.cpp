#include "platform/router.hpp"

#include <gtest/gtest.h>

namespace slipway::platform {
namespace {

using net::Method;

std::vector<Endpoint> endpoints() {
  return {{.method = Method::Get, .path = "/"},
          {.method = Method::Get, .path = "/users"},
          {.method = Method::Post, .path = "/users"},
          {.method = Method::Get, .path = "/users/{user_id}"},
          {.method = Method::Delete, .path = "/users/{user_id}"},
          {.method = Method::Delete, .path = "/cache/clear"},
          {.method = Method::Get, .path = "/health", .probe = true}};
}

class RouterTest : public ::testing::Test {
 protected:
  std::string_view match(std::string_view path) {
    values_ = {};
    const auto* route = router_.match(path, values_);
    return route == nullptr ? "none" : route->path;
  }

  Router router_{endpoints()};
  PathValues values_;
};

TEST_F(RouterTest, FindsPathsAndTemplates) {
  EXPECT_EQ(match("/"), "/");
  EXPECT_EQ(match("/users"), "/users");
  EXPECT_EQ(match("/users/a b"), "/users/{user_id}");
  EXPECT_EQ(values_, PathValues{"a b"});
}

TEST_F(RouterTest, FindsNothingElse) {
  for (const std::string_view path : {"", "*", "users", "//", "/users/", "/users//", "/users/1/",
                                      "/users/1/2", "//users", "/Users", "/{user_id}", "/cache"}) {
    EXPECT_EQ(match(path), "none") << path;
  }
}

TEST_F(RouterTest, SaysWhatAPathAllows) {
  EXPECT_EQ(router_.match("/users", values_)->allow, "GET, HEAD, POST");
  EXPECT_EQ(router_.match("/users/1", values_)->allow, "GET, HEAD, DELETE");
  EXPECT_EQ(router_.match("/cache/clear", values_)->allow, "DELETE");
}

TEST_F(RouterTest, TellsMethodsApart) {
  const auto* route = router_.match("/users", values_);
  EXPECT_EQ(route->find(Method::Post)->method, Method::Post);
  EXPECT_EQ(route->find(Method::Put), nullptr);
  EXPECT_EQ(route->find(Method::Other), nullptr);
}

TEST_F(RouterTest, KnowsProbes) {
  EXPECT_TRUE(router_.match("/health", values_)->probe);
  EXPECT_FALSE(router_.match("/users", values_)->probe);
}

TEST(Router, RefusesMoreParametersThanHandlersGet) {
  EXPECT_THROW(Router({{.method = Method::Get, .path = "/{a}/{b}/{c}"}}), std::logic_error);
}

TEST(Router, RefusesTwoEndpointsInOnePlace) {
  auto all = endpoints();
  all.push_back(all.front());
  EXPECT_THROW(Router{std::move(all)}, std::logic_error);
}

}  // namespace
}  // namespace slipway::platform
