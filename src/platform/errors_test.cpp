#include "platform/errors.hpp"

#include <gtest/gtest.h>

namespace slipway::platform {
namespace {

using Kind = SqlError::Kind;

TEST(ErrorResponse, IsJsonWithDetail) {
  const auto response = errorResponse(404, "User \"x\" not found");
  EXPECT_EQ(response.status, 404U);
  EXPECT_EQ(response.contentType, "application/json");
  EXPECT_EQ(response.body, R"({"detail":"User \"x\" not found"})");
  EXPECT_FALSE(response.hasHeader("Retry-After"));
}

TEST(ErrorResponse, AsksToComeBackWhenUnavailable) {
  EXPECT_EQ(errorResponse(503, "later").headerLines(), "Retry-After: 1\r\n");
}

TEST(ErrorResponse, MapsEveryKindAndNeverShowsTheText) {
  const std::pair<Kind, unsigned> expected[] = {
      {Kind::Unavailable, 503}, {Kind::Timeout, 503},     {Kind::Overloaded, 503},
      {Kind::Busy, 409},        {Kind::InvalidText, 400}, {Kind::UniqueViolation, 500},
      {Kind::Internal, 500}};
  for (const auto& [kind, status] : expected) {
    const auto response = errorResponse(SqlError{kind, "secret\n\ttable"});
    EXPECT_EQ(response.status, status) << kindName(kind);
    EXPECT_EQ(response.body.find("secret"), std::string::npos);
    EXPECT_EQ(response.hasHeader("Retry-After"), status == 503);
    const auto failure = "database " + std::string(kindName(kind)) + ": secret table";
    EXPECT_EQ(response.failure, status >= 500 ? failure : "");
  }
}

TEST(ErrorResponse, GivesTheLogAReasonForEveryServerError) {
  EXPECT_EQ(errorResponse(503, "Try again").failure, "Try again");
  EXPECT_EQ(errorResponse(503, "Try again", "cache:\nrefused").failure, "cache: refused");
  EXPECT_EQ(errorResponse(429, "Too many").failure, "");
}

TEST(ErrorResponse, NamesKindsForTheLog) {
  EXPECT_EQ(kindName(Kind::UniqueViolation), "unique_violation");
  EXPECT_EQ(kindName(Kind::Internal), "internal");
}

}  // namespace
}  // namespace slipway::platform
