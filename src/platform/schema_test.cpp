#include "platform/schema.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <ostream>
#include <string>
#include <vector>

#include "base/recorded_cases.hpp"

namespace slipway::platform {
namespace {

using base::Json;

bool isLowerCaseWord(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
}

constexpr Field kName{.name = "name",
                      .required = true,
                      .minLength = 3,
                      .maxLength = 5,
                      .pattern = "^[a-z]+$",
                      .matchesPattern = &isLowerCaseWord};
constexpr Field kOne{.name = "one", .minLength = 1, .maxLength = 1};
constexpr Field kMail{.name = "mail", .type = FieldType::Email, .required = true};
constexpr Field kFlag{.name = "flag", .type = FieldType::Boolean};
constexpr Field kCount{
    .name = "count", .type = FieldType::Integer, .minimum = -5, .maximum = 1'000'000};
constexpr Field kWhole{.name = "whole", .type = FieldType::Integer};
constexpr Field kNote{.name = "note"};
constexpr std::array kFields{kName, kOne, kMail, kFlag, kCount, kWhole, kNote};
constexpr Schema kSample{.name = "Sample", .fields = kFields};

Field optional(Field field) {
  field.required = false;
  return field;
}
const Field kNameFilter = optional(kName);
const std::array<const Field*, 5> kQuery{&kNameFilter, &kFlag, &kCount, &kWhole, &kNote};

void addValue(Json& out, const FieldValue& value) {
  const Field& field = *value.field;
  switch (field.type) {
    case FieldType::Text:
    case FieldType::Email:
      out.set(field.name, value.text);
      return;
    case FieldType::Boolean:
      out.set(field.name, value.boolean);
      return;
    case FieldType::Integer:
      out.set(field.name, value.integer);
  }
}

struct Answer {
  unsigned status = 200;
  std::string body;
  bool operator==(const Answer&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Answer& answer) {
  return out << answer.status << " " << answer.body;
}

template <typename Fields>
Answer answerOf(const Checked& checked, const Fields& fields) {
  if (!checked) return {validationStatus(checked.error()), validationBody(checked.error())};
  Json out = Json::object();
  for (const Field* field : fields) {
    if (const FieldValue* value = checked->find(*field)) addValue(out, *value);
  }
  return {200, out.dump()};
}

Answer answerToBody(std::string_view body, std::string_view contentType = "application/json") {
  std::vector<const Field*> fields;
  fields.reserve(kFields.size());
  for (const Field& field : kFields) fields.push_back(&field);
  return answerOf(checkBody(body, contentType, kSample), fields);
}

Answer answerToPath(std::string_view text) {
  const auto checked = checkPath(text, kWhole);
  if (!checked) return {422, validationBody({&checked.error(), 1})};
  Json out = Json::object();
  addValue(out, *checked);
  return {200, out.dump()};
}

Answer answerTo(const std::string& kind, const std::string& contentType, const std::string& input) {
  if (kind == "body") return answerToBody(input, contentType == "-" ? "" : contentType);
  if (kind == "path") return answerToPath(input);
  return answerOf(checkQuery(input, kQuery), kQuery);
}

TEST(Schema, AnswersWhatFastApiDoesToEveryRecordedInput) {
  const auto cases = base::recordedCases(SLIPWAY_SOURCE_DIR "/src/platform/schema_corpus.tsv");
  for (const auto& row : cases) {
    const Answer expected{static_cast<unsigned>(std::stoul(row[3])), row[4]};
    EXPECT_EQ(answerTo(row[0], row[1], row[2]), expected)
        << row[0] << " " << row[1] << " " << row[2].substr(0, 200);
  }
  EXPECT_GT(cases.size(), 1500U);
}

TEST(Schema, AnswersNotANumberWhichFastApiCanNotEcho) {
  EXPECT_EQ(answerToBody("NaN"),
            (Answer{422, R"({"detail":[{"type":"model_attributes_type","loc":["body"],"msg":)"
                         R"("Input should be a valid dictionary or object to extract fields from",)"
                         R"("input":null}]})"}));
  EXPECT_EQ(answerToBody(R"({"name":"abc","mail":"a@b.co","count":NaN})"),
            (Answer{422, R"({"detail":[{"type":"finite_number","loc":["body","count"],"msg":)"
                         R"("Input should be a finite number","input":null}]})"}));
}

TEST(Schema, RefusesALoneSurrogateInEveryText) {
  EXPECT_EQ(
      answerToBody(R"({"name":"abc","mail":"a@b.co","note":"\ud800"})"),
      (Answer{422,
              R"({"detail":[{"type":"string_unicode","loc":["body","note"],"msg":)"
              R"("Input should be a valid string, unable to parse raw data as a unicode string",)"
              "\"input\":\"\xEF\xBF\xBD\"}]}"}));
  EXPECT_EQ(answerToBody(R"({"name":"\udc00\ud800x","mail":"\ud800@b.co","flag":"\ud800"})").status,
            422U);
}

TEST(Schema, RefusesVeryDeepJson) {
  const Answer answer = answerToBody(std::string(100'000, '['));
  EXPECT_EQ(
      answer,
      (Answer{422, R"({"detail":[{"type":"json_invalid","loc":["body",512],"msg":)"
                   R"("JSON decode error","input":{},"ctx":{"error":"Too deeply nested"}}]})"}));
}

TEST(Schema, ShowsABodyThatIsNeitherJsonNorText) {
  EXPECT_EQ(answerToBody("\xFF\xFE", "text/plain"),
            (Answer{422, R"({"detail":[{"type":"model_attributes_type","loc":["body"],"msg":)"
                         R"("Input should be a valid dictionary or object to extract fields from",)"
                         "\"input\":\"\xEF\xBF\xBD\xEF\xBF\xBD\"}]}"}));
}

TEST(Schema, TellsAMalformedBodyAloneWhateverElseWasFound) {
  auto issues = checkBody("{", "", kSample).error();
  issues.insert(issues.begin(), checkPath("x", kWhole).error());
  EXPECT_EQ(validationStatus(issues), 422U);
  EXPECT_EQ(validationBody(issues).find("int_parsing"), std::string::npos);

  issues = checkBody("\xFF", "", kSample).error();
  issues.insert(issues.begin(), checkPath("x", kWhole).error());
  EXPECT_EQ(validationStatus(issues), 400U);
  EXPECT_EQ(validationBody(issues), R"({"detail":"There was an error parsing the body"})");
}

TEST(Schema, SaturatesIntegersThatNoRowCanHave) {
  using Limits = std::numeric_limits<std::int64_t>;
  EXPECT_EQ(checkPath("99999999999999999999", kWhole)->integer, Limits::max());
  EXPECT_EQ(checkPath("-99999999999999999999", kWhole)->integer, Limits::min());
  EXPECT_EQ(checkPath("-9223372036854775808", kWhole)->integer, Limits::min());
}

TEST(Schema, FindsOnlyWhatWasSent) {
  const auto checked = checkQuery("count=3", kQuery);
  ASSERT_TRUE(checked);
  ASSERT_NE(checked->find(kCount), nullptr);
  EXPECT_EQ(checked->find(kCount)->integer, 3);
  EXPECT_EQ(checked->find(kWhole), nullptr);
}

TEST(Schema, AsksForARequiredQueryParameter) {
  const std::array<const Field*, 1> fields{&kName};
  EXPECT_EQ(answerOf(checkQuery("", fields), fields),
            (Answer{422, R"({"detail":[{"type":"missing","loc":["query","name"],"msg":)"
                         R"("Field required","input":null}]})"}));
}

TEST(SchemaDocument, DescribesAFieldAsPydanticDoes) {
  constexpr Field field{.name = "user_name",
                        .required = true,
                        .description = "What it is",
                        .example = "\"ann\"",
                        .minLength = 3,
                        .maxLength = 50,
                        .pattern = "^[a-z]+$"};
  EXPECT_EQ(fieldSchema(field).dump(),
            R"({"type":"string","maxLength":50,"minLength":3,"pattern":"^[a-z]+$",)"
            R"("title":"User Name","description":"What it is","examples":["ann"]})");
  EXPECT_EQ(fieldSchema(kMail).dump(), R"({"type":"string","format":"email","title":"Mail"})");
  constexpr Field limit{.name = "limit",
                        .type = FieldType::Integer,
                        .defaultValue = "100",
                        .minimum = 1,
                        .maximum = 1000};
  EXPECT_EQ(fieldSchema(limit).dump(),
            R"({"type":"integer","maximum":1000,"minimum":1,"title":"Limit","default":100})");
}

TEST(SchemaDocument, DescribesABody) {
  constexpr std::array fields{Field{.name = "a", .required = true},
                              Field{.name = "b", .type = FieldType::Boolean}};
  EXPECT_EQ(bodySchema({.name = "Pair", .description = "Two", .fields = fields}).dump(),
            R"({"properties":{"a":{"type":"string","title":"A"},)"
            R"("b":{"type":"boolean","title":"B"}},"type":"object","required":["a"],)"
            R"("title":"Pair","description":"Two"})");
  constexpr std::array none{Field{.name = "b"}};
  EXPECT_EQ(bodySchema({.name = "None", .fields = none}).find("required"), nullptr);
}

}  // namespace
}  // namespace slipway::platform
