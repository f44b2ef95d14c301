#include "users/user_keys.hpp"

#include <gtest/gtest.h>

namespace slipway::users {
namespace {

TEST(UserKey, IsTheTextItselfInReferenceRules) {
  EXPECT_EQ(userKey("Ann", UserRules::Reference), "Ann");
}

TEST(UserKey, IgnoresCaseInStrictRules) {
  const auto same = [](std::string_view a, std::string_view b) {
    return userKey(a, UserRules::Strict) == userKey(b, UserRules::Strict);
  };
  EXPECT_TRUE(same("Ann@Example.COM", "ann@example.com"));
  EXPECT_TRUE(same("ÉLÉONORE@x.org", "éléonore@x.org"));
  EXPECT_TRUE(same("ΣΊΣΥΦΟΣ@x.gr", "σίσυφος@x.gr"));
  EXPECT_TRUE(same("STRASSE@x.de", "straße@x.de"));
  EXPECT_TRUE(same("e\u0301@x.org", "\u00c9@x.org"));
  EXPECT_FALSE(same("ann@x.org", "anna@x.org"));
  EXPECT_FALSE(same("é@x.org", "e@x.org"));
}

TEST(EmailKey, IsOfTheFormThatMailGoesBy) {
  EXPECT_EQ(emailKey("Ann@xn--bcher-kva.Example", UserRules::Strict), "ann@bücher.example");
  EXPECT_EQ(emailKey("ann@BÜCHER.example", UserRules::Strict), "ann@bücher.example");
  EXPECT_EQ(emailKey("ann@xn--bcher-kva.example", UserRules::Reference),
            "ann@xn--bcher-kva.example");
}

std::string longName(std::string_view end, std::string_view filling = "n") {
  std::string name;
  while (name.size() < 10'000) name += filling;
  return name.append(end);
}

TEST(UserKey, IsBoundedAndStillOfTheWholeText) {
  const auto key = userKey(longName("1"), UserRules::Reference);
  EXPECT_EQ(key.size(), kMaxWholeKeyBytes + 64);
  EXPECT_TRUE(key.starts_with(std::string(kMaxWholeKeyBytes, 'n')));
  EXPECT_NE(key, userKey(longName("2"), UserRules::Reference));
  EXPECT_EQ(key, userKey(longName("1"), UserRules::Reference));
  EXPECT_EQ(key, emailKey(longName("1"), UserRules::Reference));

  const std::string most(kMaxWholeKeyBytes, 'n');
  EXPECT_EQ(userKey(most, UserRules::Reference), most);
  EXPECT_EQ(userKey(most + "n", UserRules::Reference).size(), kMaxWholeKeyBytes + 64);
}

TEST(UserKey, IsCutBetweenCharacters) {
  for (const std::string_view filling : {"é", "€", "🦆"}) {
    for (const std::string_view start : {"", "a", "ab", "abc"}) {
      const auto name = std::string(start) + longName("", filling);
      const auto kept = userKey(name, UserRules::Reference).size() - 64;
      EXPECT_GE(kept, kKeptKeyBytes);
      EXPECT_LE(kept, kMaxWholeKeyBytes);
      EXPECT_EQ((kept - start.size()) % filling.size(), 0U);
    }
  }
}

TEST(PrefixKeys, StartTheKeysOfWhatStartsWithThePrefix) {
  constexpr std::string_view kAddress = "Ann.Ö@xn--bcher-kva.xn--mnchen-3ya.example";
  const auto key = emailKey(kAddress, UserRules::Strict);
  EXPECT_EQ(key, "ann.ö@bücher.münchen.example");
  for (const std::string_view prefix :
       {"ann", "ANN.ö", "ann.O\u0308", "Ann.Ö@", "ann.ö@b", "ann.ö@BÜ", "ann.ö@xn--bcher-kva",
        "ann.ö@XN--BCHER-KVA.", "ann.ö@bücher.xn--mnchen-3ya.exa", "ann.ö@bücher。m",
        "ann.ö@ｂücher", "Ann.Ö@xn--bcher-kva.xn--mnchen-3ya.example"}) {
    const auto keys = prefixKeys(prefix, UserRules::Strict);
    EXPECT_TRUE(key.starts_with(keys.email)) << prefix << " as " << keys.email;
    EXPECT_FALSE(keys.isCut);
  }
  EXPECT_EQ(prefixKeys("ÖzgE", UserRules::Strict).username, "özge");
}

TEST(PrefixKeys, OfAnUnfinishedPunycodeLabelFindNothing) {
  EXPECT_EQ(prefixKeys("ann@xn--bch", UserRules::Strict).email, "ann@xn--bch");
}

TEST(PrefixKeys, AreTheTextItselfInReferenceRules) {
  const auto keys = prefixKeys("Ann@XN--bcher-kva.", UserRules::Reference);
  EXPECT_EQ(keys.username, "Ann@XN--bcher-kva.");
  EXPECT_EQ(keys.email, keys.username);
}

TEST(PrefixKeys, AreNoLongerThanWhatKeysKeep) {
  const auto most = prefixKeys(std::string(kKeptKeyBytes, 'n'), UserRules::Reference);
  EXPECT_EQ(most.username.size(), kKeptKeyBytes);
  EXPECT_FALSE(most.isCut);

  const auto more = prefixKeys(std::string(kKeptKeyBytes, 'n') + "é", UserRules::Reference);
  EXPECT_EQ(more.username, most.username);
  EXPECT_TRUE(more.isCut);
  const auto inside = prefixKeys(std::string(kKeptKeyBytes - 1, 'n') + "é", UserRules::Reference);
  EXPECT_EQ(inside.username.size(), kKeptKeyBytes - 1);
}

}  // namespace
}  // namespace slipway::users
