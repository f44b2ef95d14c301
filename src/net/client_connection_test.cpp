#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <optional>

#include "net/client.hpp"
#include "net/server_test_support.hpp"

namespace slipway::net {
namespace {

/// A kept connection, asked at a real server.
class ClientConnectionTest : public ::testing::Test {
 protected:
  Fetched ask(ClientRequest request) {
    request.host = "127.0.0.1";
    request.port = server_.port();
    std::optional<Fetched> result;
    asio::co_spawn(loop_, connection_.request(std::move(request)),
                   [&](std::exception_ptr, Fetched fetched) { result = std::move(fetched); });
    while (!result) loop_.run_one();
    loop_.restart();
    return *result;
  }

  testing::TestServer server_;
  asio::io_context loop_{1};
  ClientConnection connection_;
};

TEST_F(ClientConnectionTest, IsUsedAgain) {
  for (int i = 0; i < 3; ++i) {
    const auto got = ask({.method = "PUT", .target = "/x", .body = std::to_string(i)});
    ASSERT_TRUE(got) << got.error();
    EXPECT_EQ(got->body, "PUT /x [" + std::to_string(i) + "]");
  }
  EXPECT_EQ(connection_.connects(), 1u);
}

TEST_F(ClientConnectionTest, IsMadeAnewWhenThePeerWillClose) {
  for (int i = 0; i < 2; ++i) {
    const auto got = ask({.headers = {{"Connection", "close"}}});
    ASSERT_TRUE(got) << got.error();
  }
  EXPECT_EQ(connection_.connects(), 2u);
}

TEST_F(ClientConnectionTest, IsMadeAnewAfterAnError) {
  EXPECT_FALSE(ask({.target = "/large"}));
  const auto got = ask({.target = "/x"});
  ASSERT_TRUE(got) << got.error();
  EXPECT_EQ(connection_.connects(), 2u);
}

}  // namespace
}  // namespace slipway::net
