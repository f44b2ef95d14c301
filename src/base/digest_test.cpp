#include "base/digest.hpp"

#include <gtest/gtest.h>

namespace slipway::base {
namespace {

// FIPS 180-2, appendix B.
TEST(Sha256, IsTheStandards) {
  constexpr std::string_view kAbc =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(sha256Hex({"abc"}), kAbc);
  EXPECT_EQ(sha256Hex({"a", "", "bc"}), kAbc);
  EXPECT_EQ(sha256Hex({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Sha1, IsThatOfFips180) {
  EXPECT_EQ(sha1Hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

}  // namespace
}  // namespace slipway::base
