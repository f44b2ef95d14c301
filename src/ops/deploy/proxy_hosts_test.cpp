#include "ops/deploy/proxy_hosts.hpp"

#include <gtest/gtest.h>

namespace slipway::ops {
namespace {

TEST(ProxyHosts, NameOneColourOrBoth) {
  EXPECT_EQ(hostsOf(Colour::Blue), "api-blue\n");
  EXPECT_EQ(hostsWithStandby(Colour::Green), "api-green\napi-blue backup\n");
}

TEST(ProxyHosts, AreOfTheColourThatGetsRequests) {
  EXPECT_EQ(colourOfHosts("api-blue\n"), Colour::Blue);
  EXPECT_EQ(colourOfHosts("slipway-production-api-green-1\nslipway-production-api-green-2"),
            Colour::Green);
  EXPECT_EQ(colourOfHosts(hostsWithStandby(Colour::Blue)), Colour::Blue);
  EXPECT_EQ(colourOfHosts(hostsWithStandby(Colour::Green)), Colour::Green);
}

TEST(ProxyHosts, AreOfNoColourWhenBothGetRequestsOrNone) {
  EXPECT_EQ(colourOfHosts("api-blue\napi-green\n"), std::nullopt);
  EXPECT_EQ(colourOfHosts("api-blue backup\n"), std::nullopt);
  EXPECT_EQ(colourOfHosts("api-blue api-green"), std::nullopt);
  EXPECT_EQ(colourOfHosts("api"), std::nullopt);
  EXPECT_EQ(colourOfHosts(""), std::nullopt);
}

}  // namespace
}  // namespace slipway::ops
