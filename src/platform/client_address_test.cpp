#include "platform/client_address.hpp"

#include <gtest/gtest.h>

namespace slipway::platform {
namespace {

const IsTrusted kTenNet = [](std::string_view address) { return address.starts_with("10."); };

std::string_view clientOf(std::string_view peer, std::vector<net::Header> headers,
                          const IsTrusted& isTrusted = kTenNet) {
  static net::Request request;
  request.peerAddress = peer;
  request.headers = std::move(headers);
  return clientAddress(request, isTrusted);
}

TEST(ClientAddress, IsThePeersWhenItIsNotAProxyOfOurs) {
  EXPECT_EQ(clientOf("192.0.2.1", {{"X-Forwarded-For", "203.0.113.1"}}), "192.0.2.1");
  EXPECT_EQ(clientOf("10.0.0.1", {{"X-Forwarded-For", "203.0.113.1"}}, {}), "10.0.0.1");
}

TEST(ClientAddress, IsTheRightMostUntrustedOne) {
  EXPECT_EQ(clientOf("10.0.0.1", {{"X-Forwarded-For", "198.51.100.1, 203.0.113.1 ,10.0.0.2"}}),
            "203.0.113.1");
}

TEST(ClientAddress, ReadsSeveralHeadersAsOneList) {
  EXPECT_EQ(clientOf("10.0.0.1", {{"X-Forwarded-For", "198.51.100.1"},
                                  {"x-forwarded-for", "203.0.113.1"},
                                  {"X-Forwarded-For", "10.0.0.3, "}}),
            "203.0.113.1");
}

TEST(ClientAddress, IsTheLeftMostWhenAllAreTrusted) {
  EXPECT_EQ(clientOf("10.0.0.1", {{"X-Forwarded-For", "10.0.0.5, 10.0.0.4"}}), "10.0.0.5");
  EXPECT_EQ(clientOf("10.0.0.1", {}), "10.0.0.1");
  EXPECT_EQ(clientOf("10.0.0.1", {{"X-Forwarded-For", " , ,"}}), "10.0.0.1");
}

}  // namespace
}  // namespace slipway::platform
