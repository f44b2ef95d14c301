#include "base/base64url.hpp"

#include <gtest/gtest.h>

namespace slipway::base {
namespace {

TEST(Base64Url, ReadsWhatItWrites) {
  // RFC 4648 section 10, without the padding.
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "-_8"}};
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(encodeBase64Url(bytes), text);
    EXPECT_EQ(decodeBase64Url(text), bytes);
  }
  std::string all;
  for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
  EXPECT_EQ(decodeBase64Url(encodeBase64Url(all)), all);
}

TEST(Base64Url, RefusesEverySecondSpelling) {
  // Padding, a length that can't be, other alphabets, space, and bits after the last byte.
  for (const char* text : {"Zg==", "Z", "Zm9vY", "-+", "a/", "Zm 9v", "Zm9v\n", "Zh", "Zm9"}) {
    EXPECT_EQ(decodeBase64Url(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace slipway::base
