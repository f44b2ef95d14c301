// Each step of the protocol on each thing that may be held: the state table of
// docs/decisions/redis-cache.md.
#include "platform/redis/redis_cache_test_support.hpp"

namespace slipway::platform {
namespace {

using slipway::testing::run;

class RedisCacheStepsTest : public slipway::testing::RedisCacheTest {
 protected:
  Replica& cache_ = replica();

  std::uint64_t announce() { return run(loop_, cache_->announce("k")); }
  void put(std::uint64_t ticket, std::int64_t version) {
    run(loop_, cache_->put("k", ticket, version, "new"));
  }
  std::string heldWithoutTokens() {
    const auto entry = held("k");
    return entry.substr(0, entry.find(' '));
  }
  /// Makes `entry` what is held; "" is nothing.
  void begin(const std::string& entry) {
    server_({"DEL", full("k")});
    if (entry == "(list)") {
      server_({"RPUSH", full("k"), "not a string"});
    } else if (!entry.empty()) {
      hold("k", entry);
    }
  }
};

struct Case {
  const char* before;
  const char* after;
};

TEST_F(RedisCacheStepsTest, AnnouncingTakesTheValueAway) {
  for (const auto& [before, after] : std::vector<Case>{{"", "W0"},
                                                       {"V5\nold", "W5"},
                                                       {"A", "W0"},
                                                       {"Labc", "W0"},
                                                       {"T", "T"},
                                                       {"W3 other=99999999999999", "W3"},
                                                       {"rubbish", "W0"},
                                                       {"(list)", "W0"}}) {
    begin(before);
    announce();
    EXPECT_EQ(heldWithoutTokens(), after) << before;
    EXPECT_EQ(value(cache_, "k"), *after == 'T' ? "(absent)" : "(miss)") << before;
  }
}

TEST_F(RedisCacheStepsTest, AnnouncementsEnd) {
  begin("W3 other=1 another=99999999999999");  // the first has ended long ago
  announce();
  EXPECT_EQ(held("k").find("other=1 "), std::string::npos);
  EXPECT_NE(held("k").find(" another="), std::string::npos);
  EXPECT_GT(std::stoll(server_({"PTTL", full("k")})), 50'000);
}

TEST_F(RedisCacheStepsTest, PuttingReplacesWhatIsOlder) {
  for (const auto& [before, after] :
       std::vector<Case>{{"", "(nil)"},
                         {"V5\nold", "V7\nnew"},
                         {"V7\nsame", "V7\nsame"},
                         {"V9\nnewer", "V9\nnewer"},
                         {"A", "V7\nnew"},
                         {"Labc", "(nil)"},
                         {"T", "T"},
                         {"W3 other=99999999999999", "W7 other=99999999999999"},
                         {"W8 other=99999999999999", "W8 other=99999999999999"},
                         {"rubbish", "(nil)"},
                         {"(list)", "(nil)"}}) {
    begin(before);
    put(0, 7);
    EXPECT_EQ(held("k"), after) << before;
  }
}

TEST_F(RedisCacheStepsTest, TheLastWriterSetsTheValue) {
  begin("V5\nold");
  const auto first = announce();
  const auto second = announce();
  put(second, 7);
  EXPECT_EQ(heldWithoutTokens(), "W7");
  put(first, 6);  // was slower to come here, and is not what the database has
  EXPECT_EQ(held("k"), "(nil)");

  begin("V5\nold");
  const auto third = announce();
  const auto fourth = announce();
  put(third, 6);
  put(fourth, 7);
  EXPECT_EQ(held("k"), "V7\nnew");
}

TEST_F(RedisCacheStepsTest, AWriterThatComesTwiceEndsOnlyItsOwnAnnouncement) {
  const auto first = announce();
  announce();
  put(first, 6);
  put(first, 6);
  EXPECT_EQ(heldWithoutTokens(), "W6");
  EXPECT_EQ(value(cache_, "k"), "(miss)");
}

TEST_F(RedisCacheStepsTest, WithdrawingLeavesNothingOld) {
  begin("V5\nold");
  const auto first = announce();
  const auto second = announce();
  cache_->withdraw("k", first);
  settle(cache_);
  EXPECT_EQ(heldWithoutTokens(), "W5");
  cache_->withdraw("k", second);
  settle(cache_);
  EXPECT_EQ(held("k"), "(nil)");
  for (const char* other : {"V5\nold", "T", "A", "Labc"}) {
    begin(other);
    cache_->withdraw("k", second);
    settle(cache_);
    EXPECT_EQ(held("k"), other);
  }
}

TEST_F(RedisCacheStepsTest, RemovingIsFinal) {
  for (const char* before : {"", "V5\nold", "V9\nx", "A", "Labc", "T", "W3 other=99999999999999"}) {
    begin(before);
    run(loop_, cache_->remove("k", 0, 6));
    EXPECT_EQ(held("k"), "T") << before;
  }
  EXPECT_GT(std::stoll(server_({"PTTL", full("k")})), 200'000);
  begin("(list)");
  run(loop_, cache_->remove("k", 0, 6));
  EXPECT_EQ(held("k"), "(nil)");
  begin("T");
  put(0, 5);
  EXPECT_EQ(value(cache_, "k"), "(absent)");
}

TEST_F(RedisCacheStepsTest, OnlyTheLeaseFills) {
  begin("");
  const auto mark = get(cache_, "k").mark;
  ASSERT_NE(mark, 0U);
  const auto lease = held("k");
  EXPECT_TRUE(lease.starts_with("L"));
  for (const std::string before : {"V5\nold", "T", "A", "Labc", "W3 other=99999999999999"}) {
    begin(before);
    run(loop_, cache_->fill("k", mark, 7, "new"));
    run(loop_, cache_->fillAbsent("k", mark));
    cache_->release("k", mark);
    settle(cache_);
    EXPECT_EQ(held("k"), before);
  }
  begin("");
  run(loop_, cache_->fill("k", mark, 7, "new"));
  settle(cache_);
  EXPECT_EQ(held("k"), "(nil)");
  begin(lease);
  run(loop_, cache_->fill("k", mark, 7, "new"));
  settle(cache_);
  EXPECT_EQ(held("k"), "V7\nnew");
  begin(lease);
  run(loop_, cache_->fillAbsent("k", mark));
  settle(cache_);
  EXPECT_EQ(held("k"), "A");
  EXPECT_LE(std::stoll(server_({"PTTL", full("k")})), options_.absentTtl.count());
  begin(lease);
  cache_->release("k", mark);
  settle(cache_);
  EXPECT_EQ(held("k"), "(nil)");
}

TEST_F(RedisCacheStepsTest, AWriteOfUnknownOutcomeHidesTheKeyForAWhile) {
  begin("V5\nold");
  const auto ticket = announce();
  begin("V5\nold");  // the announcement was lost
  run(loop_, cache_->suspend("k", ticket));
  EXPECT_EQ(heldWithoutTokens(), "W5");
  EXPECT_EQ(value(cache_, "k"), "(miss)");
  run(loop_, cache_->suspend("new", 0));
  EXPECT_EQ(value(cache_, "new"), "(miss)");
}

TEST_F(RedisCacheStepsTest, ValuesGetATimeToLiveWithJitter) {
  std::vector<long long> lives;
  for (int i = 0; i < 8; ++i) {
    begin("A");
    put(0, 1);
    lives.push_back(std::stoll(server_({"PTTL", full("k")})));
    EXPECT_GT(lives.back(), 260'000);
    EXPECT_LE(lives.back(), 330'000);
  }
  const auto [least, most] = std::ranges::minmax(lives);
  EXPECT_GT(most - least, 1000);
}

TEST_F(RedisCacheStepsTest, ScriptsAreLoadedAgainAfterTheyWereLost) {
  announce();
  server_({"SCRIPT", "FLUSH"});
  begin("V5\nold");
  const auto ticket = announce();
  EXPECT_EQ(heldWithoutTokens(), "W5");
  server_({"SCRIPT", "FLUSH"});
  put(ticket, 6);
  EXPECT_EQ(held("k"), "V6\nnew");
  server_({"SCRIPT", "FLUSH"});
  begin("");
  load(cache_, "k", 7, "filled");
  EXPECT_EQ(held("k"), "V7\nfilled");
}

TEST_F(RedisCacheStepsTest, AValueMayHoldAnyBytes) {
  std::string bytes("\0\r\n V1\n", 8);
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  begin("");
  load(cache_, "k", 7, bytes);
  EXPECT_EQ(value(cache_, "k"), bytes);
  EXPECT_EQ(get(cache_, "k").version, 7);
}

}  // namespace
}  // namespace slipway::platform
