#include "ops/validate/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/validate/findings.hpp"

namespace slipway::ops {
namespace {

using ::testing::HasSubstr;
using Outcome = Check::Outcome;

Report someReport() {
  return {.target = "http://127.0.0.1:8000",
          .checks = {{"health", Outcome::Passed, "healthy"},
                     {"tls", Outcome::Skipped, "asked over plain HTTP"},
                     {"cache", Outcome::Failed, "no hit"}}};
}

TEST(ValidationReport, PassesOnlyWithoutAFailure) {
  auto report = someReport();
  EXPECT_FALSE(report.passed());
  report.checks.pop_back();
  EXPECT_TRUE(report.passed());
  report.interrupted = true;
  EXPECT_FALSE(report.passed());
}

TEST(ValidationReport, NamesEveryCheckAndTheVerdict) {
  const auto text = asText(someReport());
  EXPECT_THAT(text, HasSubstr("http://127.0.0.1:8000"));
  EXPECT_THAT(text, HasSubstr("FAILED   cache                    no hit"));
  EXPECT_THAT(text, HasSubstr("NOT good: 1 passed, 1 failed, 1 skipped"));
}

TEST(ValidationReport, TellsOfTheRateLimitThatItMet) {
  auto report = someReport();
  report.load = LoadFigures{.requests = 100, .errors = 1};
  EXPECT_THAT(asText(report), HasSubstr("100 requests"));
  EXPECT_THAT(asText(report), HasSubstr("1 errors (1.00 %)"));
  EXPECT_THAT(asText(report), ::testing::Not(HasSubstr("429")));
  report.load->limited = 7;
  EXPECT_THAT(asText(report), HasSubstr("7 answers were 429"));
}

TEST(ValidationReport, IsOneObjectForPrograms) {
  auto report = someReport();
  report.load = LoadFigures{.requests = 3, .mean = LoadFigures::Milliseconds(1.239)};
  const auto json = base::readJson(asJson(report).dump());
  ASSERT_TRUE(json);
  EXPECT_FALSE(json->find("passed")->asBoolean());
  EXPECT_EQ(json->find("checks")->asArray().size(), 3U);
  EXPECT_EQ(json->find("checks")->asArray()[2].find("outcome")->asString(), "failed");
  EXPECT_EQ(json->find("load")->find("mean_ms")->asDouble(), 1.23);
}

TEST(Findings, TellAllThatIsWrong) {
  Findings findings;
  EXPECT_TRUE(findings.require(true, "never"));
  EXPECT_EQ(findings.check("x", "good").outcome, Outcome::Passed);
  EXPECT_FALSE(findings.require(false, "one"));
  EXPECT_FALSE(findings.require(false, "two"));
  const auto check = findings.check("x", "good");
  EXPECT_EQ(check.outcome, Outcome::Failed);
  EXPECT_EQ(check.detail, "one; two");
}

}  // namespace
}  // namespace slipway::ops
