#include "ops/files/secret_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/temporary_folder_test_support.hpp"
#include "ops/files/file_digest.hpp"

namespace slipway::ops {
namespace {

using ::testing::HasSubstr;

class SecretFileTest : public ::testing::Test {
 protected:
  std::filesystem::path file(const std::string& content) {
    std::ofstream(folder_ / "secret") << content;
    return folder_ / "secret";
  }
  slipway::testing::TemporaryFolder folder_;
};

TEST_F(SecretFileTest, HoldsOneLine) {
  for (const auto* const content : {"token", "token\n", " token\r\n"}) {
    const auto secret = readSecretFile(file(content));
    ASSERT_TRUE(secret) << secret.error();
    EXPECT_EQ(secret->reveal(), "token");
  }
}

TEST_F(SecretFileTest, HoldsNothingElse) {
  EXPECT_THAT(readSecretFile(file("\n")).error(), HasSubstr("is empty"));
  EXPECT_THAT(readSecretFile(file("a\nb\n")).error(), HasSubstr("more than one line"));
  EXPECT_THAT(readSecretFile(file(std::string(9000, 'x'))).error(),
              HasSubstr("more than one line"));
  EXPECT_THAT(readSecretFile("/nonexistent").error(),
              HasSubstr("cannot read /nonexistent: No such"));
}

TEST_F(SecretFileTest, DigestIsThatOfSha256) {
  const auto sum = sha256OfFile(file("abc"), {});
  ASSERT_TRUE(sum) << sum.error();
  EXPECT_EQ(*sum, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256OfFile(folder_ / "secret", [] { return true; }).error(), "interrupted");
  EXPECT_FALSE(sha256OfFile("/nonexistent", {}));
}

}  // namespace
}  // namespace slipway::ops
