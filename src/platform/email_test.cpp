#include "platform/email.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "base/recorded_cases.hpp"

namespace slipway::platform {
namespace {

std::string addressOf(std::string_view text) {
  const auto checked = checkEmail(text);
  return checked ? checked->address : "refused: " + checked.error();
}

TEST(CheckEmail, AnswersWhatPydanticDoesToEveryRecordedText) {
  const auto cases = base::recordedCases(SLIPWAY_SOURCE_DIR "/src/platform/email_corpus.tsv");
  for (const auto& columns : cases) {
    const auto checked = checkEmail(columns[0]);
    EXPECT_EQ(checked ? "ok" : "no", columns[1]) << columns[0];
    EXPECT_EQ(checked ? checked->normalized : checked.error(), columns[2]) << columns[0];
  }
  EXPECT_GT(cases.size(), 3000U);
}

// With space around it, an address takes the way of those that are not plain.
void expectTheSameWithSpace(const std::string& text) {
  const auto checked = checkEmail(text);
  const auto spaced = checkEmail(" " + text);
  ASSERT_EQ(checked.has_value(), spaced.has_value()) << text;
  if (!checked) return;
  EXPECT_EQ(checked->address, spaced->address) << text;
  EXPECT_EQ(checked->normalized, spaced->normalized) << text;
}

TEST(CheckEmail, TakesPlainAddressesAsAllOthers) {
  const auto cases = base::recordedCases(SLIPWAY_SOURCE_DIR "/src/platform/email_corpus.tsv");
  for (const auto& columns : cases) {
    if (columns[0].size() < 2048) expectTheSameWithSpace(columns[0]);
  }
  std::minstd_rand random;  // the same on every run
  constexpr std::string_view kCharacters = "abXN07-.@_+ <\"";
  for (int i = 0; i < 5000; ++i) {
    std::string text = "a";
    for (auto rest = random() % 8; rest > 0; --rest) text += kCharacters[random() % 15];
    text += '@';
    for (auto rest = random() % 8; rest > 0; --rest) text += kCharacters[random() % 10];
    expectTheSameWithSpace(text + (random() % 2 == 0 ? ".De" : ".Test"));
  }
  for (const auto* const text : {"a..b@c.de", ".a@c.de", "a.@c.de", "a@c", "a@c.d-", "a@-c.de",
                                 "a@c-.de", "a@c..de", "a@c.de.", "a@.c.de", "a@ab--c.de",
                                 "a@c.LOCAL", "a@c.d3", "a@", "@c.de", "a@c@d.de", "a b@c.de"}) {
    EXPECT_FALSE(checkEmail(text)) << text;
  }
  EXPECT_EQ(checkEmail("Sales@C--d.De")->normalized, "sales@c--d.de");
  EXPECT_EQ(checkEmail("a@xn--bcher-kva.de")->normalized, "a@b\u00fccher.de");
}

TEST(CheckEmail, KeepsTheSpellingGiven) {
  EXPECT_EQ(addressOf("Ann.Lee@Example.COM"), "Ann.Lee@Example.COM");
  EXPECT_EQ(addressOf("INFO@Example.com"), "INFO@Example.com");
  EXPECT_EQ(addressOf("ann@xn--bcher-kva.de"), "ann@xn--bcher-kva.de");
}

TEST(CheckEmail, LeavesOutTheNameAndTheSpaceAround) {
  EXPECT_EQ(addressOf("  ann@example.com\n"), "ann@example.com");
  EXPECT_EQ(addressOf("Ann Lee <ann@example.com>"), "ann@example.com");
  EXPECT_EQ(addressOf("\"Lee, Ann\" < ann@example.com >"), "ann@example.com");
}

TEST(CheckEmail, AcceptsAtMost254Bytes) {
  const std::string domain =
      std::string(61, 'b') + "." + std::string(61, 'b') + "." + std::string(61, 'b') + ".co";
  EXPECT_EQ(addressOf(std::string(64, 'a') + "@" + domain).size(), 253U);
  EXPECT_EQ(addressOf(std::string(64, 'a') + "@" + domain + "o").size(), 254U);
  EXPECT_EQ(addressOf(std::string(64, 'a') + "@" + domain + "oo"),
            "refused: The email address is too long (1 character too many).");
}

TEST(CheckEmail, TellsAFewReasonsOfIpv6LiteralsApart) {
  EXPECT_EQ(addressOf("ann@[IPv6:1::2::3]"),
            "refused: The IPv6 address in brackets after the @-sign is not valid ('1::2::3' is not "
            "one).");
}

TEST(CheckEmail, StaysFastOnHostileText) {
  EXPECT_FALSE(checkEmail(std::string(2048, '"')));
  EXPECT_FALSE(checkEmail(std::string(2047, 'a') + " "));
  EXPECT_FALSE(checkEmail(std::string(2040, '"') + "<a@b>"));
  std::string marks = "a";
  for (int i = 0; i < 1000; ++i) marks += "\u0301";
  EXPECT_FALSE(checkEmail(marks + "@" + marks));
}

}  // namespace
}  // namespace slipway::platform
