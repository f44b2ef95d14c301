#include "base/json.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "base/recorded_cases.hpp"

namespace slipway::base {
namespace {

using namespace std::string_literals;

std::vector<std::string> outcomeOf(const std::string& input) {
  const auto read = readJson(input);
  if (read) return {"ok", read->dump()};
  switch (read.error().kind) {
    case JsonError::Kind::Encoding:
      return {"encoding"};
    case JsonError::Kind::TooManyDigits:
      return {"digits"};
    case JsonError::Kind::TooDeep:
      return {"deep"};
    case JsonError::Kind::Syntax:
      break;
  }
  return {"syntax", std::to_string(read.error().position), read.error().message};
}

std::string messageOf(std::string_view input) {
  const auto read = readJson(input);
  return read ? "" : read.error().message;
}

std::string written(std::string_view text) {
  std::string out;
  appendJsonString(out, text);
  return out;
}

TEST(ReadJson, AcceptsAndRejectsWhatPythonDoesWithItsWordsAndPositions) {
  const auto cases = recordedCases(SLIPWAY_SOURCE_DIR "/src/base/json_corpus.tsv");
  for (std::vector<std::string> columns : cases) {
    const std::string input = columns.front();
    columns.erase(columns.begin());
    EXPECT_EQ(outcomeOf(input), columns) << "input: " << input.substr(0, 200);
  }
  EXPECT_GT(cases.size(), 1500U);
}

TEST(ReadJson, RefusesNestingBeyondTheLimit) {
  const std::string deep = std::string(512, '[') + std::string(512, ']');
  EXPECT_TRUE(readJson(deep));
  const auto tooDeep = readJson("[" + deep + "]");
  ASSERT_FALSE(tooDeep);
  EXPECT_EQ(tooDeep.error().kind, JsonError::Kind::TooDeep);
  EXPECT_EQ(tooDeep.error().position, 512U);
  EXPECT_EQ(readJson(std::string(1'000'000, '[')).error().kind, JsonError::Kind::TooDeep);
  EXPECT_TRUE(readJson("[[1],[2],[3]]", {.maxDepth = 2}));
}

TEST(ReadJson, KeepsTheLastOfManyRepeatedKeysAtTheFirstPlace) {
  std::string text = "{";
  for (int i = 0; i < 100'000; ++i) {
    text += "\"key" + std::to_string(i % 50'000) + "\":" + std::to_string(i) + ",";
  }
  text.back() = '}';
  const auto read = readJson(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->asObject().size(), 50'000U);
  EXPECT_EQ(read->asObject().front().first, "key0");
  EXPECT_EQ(read->asObject().front().second.asInt64(), 50'000);
}

TEST(ReadJson, TellsIntegersFromFloatsAndKeepsBigOnes) {
  EXPECT_TRUE(readJson("1")->isInteger());
  EXPECT_TRUE(readJson("1.0")->isFloat());
  EXPECT_TRUE(readJson("1e2")->isFloat());
  const auto big = readJson("-123456789012345678901234567890");
  EXPECT_TRUE(big->isInteger());
  EXPECT_FALSE(big->fitsInt64());
  EXPECT_EQ(big->bigIntegerDigits(), "-123456789012345678901234567890");
}

TEST(ReadJson, KeepsALoneSurrogateInItsThreeByteForm) {
  EXPECT_EQ(readJson(R"("\ud800")")->asString(), "\xED\xA0\x80");
  EXPECT_EQ(readJson(R"("\ud83d\ude00")")->asString(), "\xF0\x9F\x98\x80");
}

TEST(ReadJson, NamesWhatIsNotText) {
  EXPECT_EQ(messageOf("\"\xFF\""), "Invalid UTF-8");
  EXPECT_EQ(messageOf(std::string(600, '[')), "Too deeply nested");
}

TEST(WriteJson, PrintsCompactlyInInsertionOrder) {
  Json value = Json::object({{"b", 1}, {"a", Json::array({true, nullptr, "x", 1.5})}});
  value.set("b", 2).set("c", Json::object());
  EXPECT_EQ(value.dump(), R"({"b":2,"a":[true,null,"x",1.5],"c":{}})");
  Json list;
  list.push(1).push(Json::array());
  EXPECT_EQ(list.dump(), "[1,[]]");
}

TEST(WriteJson, PrintsFloatsAsPythonDoes) {
  EXPECT_EQ(Json(1.0).dump(), "1.0");
  EXPECT_EQ(Json(0.1).dump(), "0.1");
  EXPECT_EQ(Json(1e15).dump(), "1000000000000000.0");
  EXPECT_EQ(Json(1e16).dump(), "1e+16");
  EXPECT_EQ(Json(1.5e-5).dump(), "1.5e-05");
  EXPECT_EQ(Json(-123.456).dump(), "-123.456");
  EXPECT_EQ(Json(std::numeric_limits<double>::infinity()).dump(), "null");
  EXPECT_EQ(Json(std::numeric_limits<double>::quiet_NaN()).dump(), "null");
}

TEST(WriteJson, EscapesWhatItMustAndNothingElse) {
  EXPECT_EQ(written("a\"\\\n\r\t\b\f/\x01\x1f\x7f"),
            "\"a\\\"\\\\\\n\\r\\t\\b\\f/\\u0001\\u001f\x7f\"");
  EXPECT_EQ(written("a\0b"s), "\"a\\u0000b\"");
  EXPECT_EQ(written("é日😀"), "\"é日😀\"");
}

TEST(WriteJson, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(written("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
  EXPECT_EQ(written("\xED\xA0\x80"), "\"\xEF\xBF\xBD\"");
  EXPECT_EQ(written("\xE2\x82"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST(Json, ComparesByValue) {
  EXPECT_EQ(*readJson(R"({"a":[1,"x"]})"), Json::object({{"a", Json::array({1, "x"})}}));
  EXPECT_NE(Json(1), Json(1.0));
  EXPECT_NE(Json(), Json(false));
}

TEST(Json, TakesEveryIntegerType) {
  EXPECT_EQ(Json(std::size_t{7}).asInt64(), 7);
  EXPECT_EQ(Json(7U).asInt64(), 7);
  EXPECT_EQ(Json(std::numeric_limits<std::uint64_t>::max()).dump(), "18446744073709551615");
  EXPECT_EQ(Json(std::numeric_limits<std::int64_t>::min()).dump(), "-9223372036854775808");
}

TEST(Json, DoesNotTakeAPointerForABoolean) {
  static_assert(!std::is_constructible_v<Json, const int*>);
  static_assert(std::is_nothrow_move_constructible_v<Json>);
  EXPECT_TRUE(Json(true).isBoolean());
  EXPECT_TRUE(Json("x").isString());
}

TEST(Json, FindsMembersAndNothingInWhatIsNoObject) {
  const Json value = Json::object({{"a", 1}});
  ASSERT_NE(value.find("a"), nullptr);
  EXPECT_EQ(value.find("a")->asInt64(), 1);
  EXPECT_EQ(value.find("b"), nullptr);
  EXPECT_EQ(Json(1).find("a"), nullptr);
}

}  // namespace
}  // namespace slipway::base
