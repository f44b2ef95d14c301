#include "platform/log.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "base/json.hpp"

namespace slipway::platform {
namespace {

std::string lineOf(const LogEvent& event, Logger::Fields fields) {
  base::TextBuffer out;
  appendLogLine(out, LogLevel::Info, base::Timestamp(std::chrono::microseconds(1)), event, fields);
  return std::string(out.view());
}

TEST(Log, IsOneJsonObjectALine) {
  const auto line = lineOf("Listening", {{"port", std::int64_t{80}}, {"ok", true}, {"share", 0.5}});
  EXPECT_TRUE(line.ends_with("}\n"));
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const auto json = base::readJson(line);
  ASSERT_TRUE(json);
  EXPECT_EQ(json->find("timestamp")->asString(), "1970-01-01T00:00:00.000001Z");
  EXPECT_EQ(json->find("level")->asString(), "INFO");
  EXPECT_EQ(json->find("message")->asString(), "Listening");
  EXPECT_EQ(json->find("module")->asString(), "log_test");
  EXPECT_EQ(json->find("function")->asString(), "TestBody");
  EXPECT_GT(json->find("line")->asInt64(), 0);
  EXPECT_EQ(json->find("port")->asInt64(), 80);
  EXPECT_TRUE(json->find("ok")->asBoolean());
  EXPECT_EQ(json->find("share")->asDouble(), 0.5);
}

TEST(Log, EscapesWhateverComesFromOutside) {
  using namespace std::string_view_literals;
  const auto line = lineOf("m", {{"a", "\"}\n{\\\0\x1b"sv}, {"b", "\xFF\xC3"sv}});
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const auto json = base::readJson(line);
  ASSERT_TRUE(json);
  EXPECT_EQ(json->find("a")->asString(), "\"}\n{\\\0\x1b"sv);
  EXPECT_EQ(json->find("b")->asString(), "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Log, HasNoNumbersThatJsonHasNot) {
  const auto json = base::readJson(lineOf("m", {{"a", std::numeric_limits<double>::quiet_NaN()},
                                                {"b", std::numeric_limits<double>::infinity()},
                                                {"c", 1e300}}));
  ASSERT_TRUE(json);
  EXPECT_TRUE(json->find("a")->isNull());
  EXPECT_TRUE(json->find("b")->isNull());
  EXPECT_EQ(json->find("c")->asDouble(), 1e300);
}

TEST(Log, NamesFunctionsShortly) {
  EXPECT_EQ(
      shortFunctionName("slipway::net::Task<X> slipway::platform::Pipeline::handle(Request&)"),
      "handle");
  EXPECT_EQ(shortFunctionName("int main(int, char**)"), "main");
  EXPECT_EQ(shortFunctionName("void slipway::(anonymous namespace)::migrate(int)"), "migrate");
  EXPECT_EQ(shortFunctionName("void slipway::{anonymous}::migrate(int)"), "migrate");
  EXPECT_EQ(shortFunctionName(""), "");
}

}  // namespace
}  // namespace slipway::platform
