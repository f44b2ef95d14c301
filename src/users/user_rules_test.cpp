#include "users/user_rules.hpp"

#include <gtest/gtest.h>

#include <string>

namespace slipway::users {
namespace {

std::string answerTo(UserRules rules, std::string_view body, bool whole = true) {
  const UserSchemas& schemas = userSchemas(rules);
  const auto checked = platform::checkBody(body, "", whole ? schemas.create : schemas.patch);
  return checked ? "" : platform::validationBody(checked.error());
}

std::string user(std::string_view name, std::string_view email) {
  return base::Json::object({{"username", name}, {"email", email}}).dump();
}

bool accepts(UserRules rules, std::string_view name, std::string_view email = "ann@example.com") {
  return answerTo(rules, user(name, email)).empty();
}

TEST(UserRules, StrictNamesHave3To50OfAFewCharacters) {
  EXPECT_TRUE(accepts(UserRules::Strict, "ann"));
  EXPECT_TRUE(accepts(UserRules::Strict, "Ann_L.-9"));
  EXPECT_TRUE(accepts(UserRules::Strict, std::string(50, 'a')));
  EXPECT_FALSE(accepts(UserRules::Strict, std::string(51, 'a')));
  for (const char* name : {"", "an", "an n", "änn", "ann\n", "ann@x", "ann/", "a\u0301nn"}) {
    EXPECT_FALSE(accepts(UserRules::Strict, name)) << name;
  }
}

TEST(UserRules, StrictAddressesAreAddresses) {
  EXPECT_FALSE(accepts(UserRules::Strict, "ann", "ann"));
  EXPECT_FALSE(accepts(UserRules::Strict, "ann", "ann@x.test"));
}

TEST(UserRules, ReferenceTakesAnyText) {
  EXPECT_TRUE(accepts(UserRules::Reference, "", ""));
  EXPECT_TRUE(accepts(UserRules::Reference, std::string(10'000, 'x'), "not an address"));
  EXPECT_TRUE(accepts(UserRules::Reference, std::string("a\0b", 3), "日本語"));
  EXPECT_NE(answerTo(UserRules::Reference, R"({"username":1,"email":"x"})"), "");
  EXPECT_NE(answerTo(UserRules::Reference, R"({"username":"\ud800","email":"x"})"), "");
}

TEST(UserRules, ToldAllAtOnceInFieldOrder) {
  EXPECT_EQ(
      answerTo(UserRules::Strict, R"({"is_active":"maybe","email":"a@b","username":"ab"})"),
      R"({"detail":[{"type":"string_too_short","loc":["body","username"],)"
      R"("msg":"String should have at least 3 characters","input":"ab","ctx":{"min_length":3}},)"
      R"({"type":"value_error","loc":["body","email"],"msg":"value is not a valid email address: )"
      R"(The part after the @-sign is not valid. It should have a period.","input":"a@b",)"
      R"("ctx":{"reason":"The part after the @-sign is not valid. It should have a period."}},)"
      R"({"type":"bool_parsing","loc":["body","is_active"],)"
      R"("msg":"Input should be a valid boolean, unable to interpret input","input":"maybe"}]})");
}

TEST(UserRules, APatchNeedsNothingButChecksWhatItHas) {
  for (const UserRules rules : {UserRules::Strict, UserRules::Reference}) {
    EXPECT_EQ(answerTo(rules, "{}", false), "");
    EXPECT_NE(answerTo(rules, R"({"username":null})", false), "");
    EXPECT_NE(answerTo(rules, R"({"is_active":null})", false), "");
    EXPECT_NE(answerTo(rules, "{}"), "");
  }
}

TEST(UserRules, FindsTheSameFieldsInEveryBody) {
  const UserSchemas& schemas = userSchemas(UserRules::Strict);
  for (const platform::Schema* schema : {&schemas.create, &schemas.replace, &schemas.patch}) {
    const auto checked = platform::checkBody(
        R"({"username":"ann","email":"A@Example.com","is_active":false})", "", *schema);
    ASSERT_TRUE(checked);
    EXPECT_EQ(checked->find(schemas.username)->text, "ann");
    EXPECT_EQ(checked->find(schemas.email)->text, "A@Example.com");
    EXPECT_FALSE(checked->find(schemas.isActive)->boolean);
  }
}

TEST(UserRules, DocumentsWhatItChecks) {
  const base::Json schema = platform::bodySchema(userSchemas(UserRules::Strict).create);
  EXPECT_EQ(schema.find("required")->dump(), R"(["username","email"])");
  const base::Json& properties = *schema.find("properties");
  EXPECT_EQ(properties.find("username")->find("pattern")->asString(), "^[A-Za-z0-9_.-]+$");
  EXPECT_EQ(properties.find("email")->find("maxLength")->asInt64(), 254);
  EXPECT_EQ(properties.find("is_active")->find("default")->dump(), "true");
  const base::Json loose = platform::bodySchema(userSchemas(UserRules::Reference).create);
  EXPECT_EQ(loose.find("properties")->find("email")->find("format"), nullptr);
}

TEST(UserRules, LimitIs1To1000AndSkipNotNegative) {
  EXPECT_TRUE(platform::checkPath("1000", kLimit));
  EXPECT_FALSE(platform::checkPath("1001", kLimit));
  EXPECT_FALSE(platform::checkPath("0", kLimit));
  EXPECT_TRUE(platform::checkPath("0", kSkip));
  EXPECT_FALSE(platform::checkPath("-1", kSkip));
}

}  // namespace
}  // namespace slipway::users
