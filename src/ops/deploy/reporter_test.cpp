#include "ops/deploy/reporter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "base/json.hpp"

namespace slipway::ops {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

class ReporterTest : public ::testing::Test {
 protected:
  void playAll(ReportForm form) {
    const auto reporter = makeReporter(form, out_, err_);
    reporter->plan({{.name = "backup", .does = "back up"}});
    reporter->problem("no image");
    reporter->step({StepEvent::Kind::Begun, "start", "start two"});
    reporter->progress("1 of 2 ready");
    reporter->step({StepEvent::Kind::Done, "start", "2 of 2 ready", milliseconds(1500)});
    reporter->note("a note");
    reporter->lastLines("api-green-1", "one\ntwo\n");
    reporter->end({"failed", "it failed", 19, milliseconds(2000)});
  }

  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(ReporterTest, PlainLinesHaveNoEscapes) {
  playAll(ReportForm::Plain);
  EXPECT_THAT(out_.str(), HasSubstr("start      ...        start two\n"));
  EXPECT_THAT(out_.str(), HasSubstr("start      done          1.5 s  2 of 2 ready\n"));
  EXPECT_THAT(out_.str(), HasSubstr("api-green-1 | two\n"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("\x1b")));
  EXPECT_EQ(err_.str(), "slipway: no image\nslipway: it failed\n");
}

TEST_F(ReporterTest, JsonIsOneObjectALineAndNothingElse) {
  playAll(ReportForm::Json);
  std::istringstream lines(out_.str());
  std::vector<base::Json> objects;
  for (std::string line; std::getline(lines, line);) {
    auto json = base::readJson(line);
    ASSERT_TRUE(json && json->isObject()) << line;
    objects.push_back(std::move(*json));
  }
  ASSERT_EQ(objects.size(), 6U);
  EXPECT_EQ(objects[2].find("step")->asString(), "start");
  EXPECT_EQ(objects[2].find("result")->asString(), "done");
  EXPECT_DOUBLE_EQ(objects[2].find("seconds")->asDouble(), 1.5);
  EXPECT_EQ(objects[5].find("exit_code")->asInt64(), 19);
  EXPECT_EQ(err_.str(), "");
}

TEST_F(ReporterTest, TerminalShowsWhatIsUnderWayAndWhatWasDone) {
  playAll(ReportForm::Terminal);
  EXPECT_THAT(out_.str(), HasSubstr("start      done          1.5 s  2 of 2 ready\n"));
  EXPECT_THAT(out_.str(), HasSubstr("\r\x1b[K"));
}

}  // namespace
}  // namespace slipway::ops
