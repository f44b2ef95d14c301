#include "ops/deploy/env_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway::ops {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(EnvFile, KeepsWhatIsNotChanged) {
  EnvFile file("# a comment\nVERSION=1.0.0\n\nHTTP_PORT = 80\n# end\n");
  file.set("VERSION", "1.1.0");
  file.set("BLUE_REPLICAS", "2");
  EXPECT_EQ(file.text(), "# a comment\nVERSION=1.1.0\n\nHTTP_PORT = 80\n# end\nBLUE_REPLICAS=2\n");
  file.remove("BLUE_REPLICAS");
  EXPECT_FALSE(file.find("BLUE_REPLICAS"));
}

TEST(EnvFile, EndsALastLineThatIsNot) {
  EnvFile file("A=1");
  file.set("B", "2");
  EXPECT_EQ(file.text(), "A=1\nB=2\n");
}

TEST(EnvFile, ReadsValuesAsComposeDoes) {
  const EnvFile file(
      "A=1\nA=2\nB=\"in # quotes\" # not\nC='x y'\nD=plain # comment\nexport "
      "E=5\nF=\nG=a=b\n#H=1\n");
  EXPECT_EQ(file.find("A"), "2");
  EXPECT_EQ(file.find("B"), "in # quotes");
  EXPECT_EQ(file.find("C"), "x y");
  EXPECT_EQ(file.find("D"), "plain");
  EXPECT_EQ(file.find("E"), "5");
  EXPECT_EQ(file.find("F"), "");
  EXPECT_EQ(file.find("G"), "a=b");
  EXPECT_FALSE(file.find("H"));
  EXPECT_THAT(file.problems(), IsEmpty());
}

TEST(EnvFile, SaysWhichLinesAreWrong) {
  const EnvFile file("A=1\nnonsense\n  # fine\n1B=2\n=x\n");
  EXPECT_THAT(file.problems(), ElementsAre("line 2 is not NAME=value", "line 4 is not NAME=value",
                                           "line 5 is not NAME=value"));
}

}  // namespace
}  // namespace slipway::ops
