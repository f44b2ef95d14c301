#include "base/cidr.hpp"

#include <gtest/gtest.h>

namespace slipway::base {
namespace {

bool within(std::string_view network, std::string_view address) {
  const auto parsed = Network::parse(network);
  EXPECT_TRUE(parsed) << network;
  return parsed && NetworkSet({*parsed}).contains(address);
}

TEST(Network, HoldsItsOwnAddressesOnly) {
  EXPECT_TRUE(within("10.0.0.0/8", "10.255.255.255"));
  EXPECT_FALSE(within("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(within("192.168.1.128/25", "192.168.1.200"));
  EXPECT_FALSE(within("192.168.1.128/25", "192.168.1.127"));
  EXPECT_TRUE(within("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(within("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(within("fe80::/10", "fe80::1%eth0"));
}

TEST(Network, AnAddressAloneIsItself) {
  EXPECT_TRUE(within("127.0.0.1", "127.0.0.1"));
  EXPECT_FALSE(within("127.0.0.1", "127.0.0.2"));
  EXPECT_TRUE(within("::1", "::1"));
}

TEST(Network, IPv4IsTheSameInBothSpellings) {
  EXPECT_TRUE(within("10.0.0.0/8", "::ffff:10.1.2.3"));
  EXPECT_TRUE(within("::ffff:10.0.0.0/104", "10.1.2.3"));
  EXPECT_FALSE(within("0.0.0.0/0", "2001:db8::1"));
}

TEST(Network, WholeFamilies) {
  EXPECT_TRUE(within("0.0.0.0/0", "203.0.113.9"));
  EXPECT_TRUE(within("::/0", "2001:db8::1"));
}

TEST(Network, RefusesWhatIsNoRange) {
  for (const char* text : {"", "localhost", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0/8",
                           "::1/129", "10.0.0.0/8/8", "fe80::1%eth0/64", "010.0.0.1/8"}) {
    EXPECT_FALSE(Network::parse(text)) << text;
  }
}

TEST(Network, RefusesBitsBeyondThePrefixAndSaysSo) {
  const auto network = Network::parse("10.0.0.1/8");
  ASSERT_FALSE(network);
  EXPECT_EQ(network.error(), "'10.0.0.1/8' has bits set beyond its prefix of 8");
}

TEST(NetworkSet, WhatIsNoAddressIsInNone) {
  const NetworkSet all({*Network::parse("::/0")});
  EXPECT_FALSE(all.contains(""));
  EXPECT_FALSE(all.contains("unknown"));
  EXPECT_FALSE(all.contains("10.0.0.1:8080"));
  EXPECT_FALSE(NetworkSet().contains("10.0.0.1"));
}

}  // namespace
}  // namespace slipway::base
