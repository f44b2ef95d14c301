#include "platform/next_page.hpp"

#include <gtest/gtest.h>

namespace slipway::platform {
namespace {

std::string linkOf(std::string_view query) {
  net::Request request;
  request.query = query;
  return nextPageLink(request, "/things", 7);
}

TEST(NextPageLink, KeepsTheQueryButForWhereItStood) {
  EXPECT_EQ(linkOf(""), "</things?after=7>; rel=\"next\"");
  EXPECT_EQ(linkOf("limit=2&after=5&skip=3&q=a%20b"),
            "</things?limit=2&q=a%20b&after=7>; rel=\"next\"");
  EXPECT_EQ(linkOf("&&afterwards=1&"), "</things?afterwards=1&after=7>; rel=\"next\"");
}

TEST(NextPageLink, IsNotEndedByWhatAClientSent) {
  EXPECT_EQ(linkOf("q=>\"<\xc3\xa9"), "</things?q=%3E%22%3C%C3%A9&after=7>; rel=\"next\"");
}

}  // namespace
}  // namespace slipway::platform
