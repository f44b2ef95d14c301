#include "users/cached_user_store.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/json.hpp"
#include "platform/memory_cache.hpp"
#include "platform/test_support.hpp"
#include "users/fake_user_store.hpp"
#include "users/slow_user_store_test_support.hpp"

namespace slipway::users {
namespace {

namespace asio = net::asio;
using net::Task;
using platform::UnitOfWork;
using Kind = UserError::Kind;
using slipway::testing::run;
using slipway::testing::start;

/// A transaction that only commits, or fails to.
class EmptyTransaction final : public platform::Transaction {
 public:
  explicit EmptyTransaction(bool commits) : commits_(commits) {}
  Task<platform::SqlResult> execute(const platform::Statement&, platform::SqlParameters) override {
    co_return platform::SqlResult(nullptr);
  }
  Task<std::expected<void, platform::SqlError>> commit(platform::SqlCalls) override {
    std::expected<void, platform::SqlError> result;
    if (!commits_) result = std::unexpected(platform::SqlError{});
    co_return result;
  }

 private:
  const bool commits_;
};

/// The username that a reader got; empty when it got none.
std::string nameIn(const UserResult<FoundUser>& found) {
  const auto json = found ? base::readJson(found->json) : base::Json();
  const auto* name = json ? json->find("username") : nullptr;
  return name != nullptr ? name->asString() : std::string();
}

class CachedUserStoreTest : public ::testing::Test {
 protected:
  slipway::testing::FakeClock clock_;
  asio::io_context loop_;
  FakeUserStore store_{clock_};
  SlowUserStore slow_{store_, loop_};
  platform::MemoryCache cache_{{.shards = 2}, clock_};
  CachedUserStore cached_{slow_, cache_};

  UnitOfWork unit(bool commits = true) {
    return UnitOfWork(std::make_unique<EmptyTransaction>(commits));
  }
  UserId create(const std::string& name) {
    auto work = unit();
    const auto created = run(loop_, cached_.create(work, {name, name + "@example.org"}));
    EXPECT_TRUE(run(loop_, work.commit()));
    return created.value().id;
  }
  void rename(UserId id, const std::string& name, bool commits = true) {
    auto work = unit(commits);
    EXPECT_TRUE(run(loop_, cached_.update(work, id, {.username = name}, {})));
    EXPECT_EQ(run(loop_, work.commit()).has_value(), commits);
  }
  void remove(UserId id, bool commits = true) {
    auto work = unit(commits);
    EXPECT_TRUE(run(loop_, cached_.remove(work, id, {})));
    EXPECT_EQ(run(loop_, work.commit()).has_value(), commits);
  }
  UserResult<FoundUser> find(UserId id) { return run(loop_, cached_.find(id, nullptr)); }
};

TEST_F(CachedUserStoreTest, ReadsTheStoreOnce) {
  const UserId id = create("ada");
  const auto first = find(id);
  const auto second = find(id);
  ASSERT_TRUE(first);
  ASSERT_TRUE(second);
  EXPECT_FALSE(first->fromCache);
  EXPECT_TRUE(second->fromCache);
  EXPECT_EQ(nameIn(second), "ada");
  EXPECT_EQ(second->id, id);
  EXPECT_EQ(store_.reads, 1);
}

TEST_F(CachedUserStoreTest, RemembersThatAUserIsNotThere) {
  EXPECT_EQ(find(UserId{1}).error().kind, Kind::NotFound);
  EXPECT_EQ(find(UserId{1}).error().kind, Kind::NotFound);
  EXPECT_EQ(store_.reads, 1);
  const UserId id = create("ada");
  EXPECT_EQ(id, UserId{1});
  EXPECT_TRUE(find(id));
}

TEST_F(CachedUserStoreTest, AsksNobodyAboutAnImpossibleId) {
  EXPECT_EQ(find(UserId{0}).error().kind, Kind::NotFound);
  EXPECT_EQ(find(UserId{-1}).error().kind, Kind::NotFound);
  EXPECT_EQ(store_.reads, 0);
}

TEST_F(CachedUserStoreTest, ShowsWritesAtOnce) {
  const UserId id = create("ada");
  ASSERT_TRUE(find(id));
  rename(id, "grace");
  const auto renamed = find(id);
  EXPECT_EQ(nameIn(renamed), "grace");
  EXPECT_TRUE(renamed->fromCache);
  remove(id);
  EXPECT_EQ(find(id).error().kind, Kind::NotFound);
  EXPECT_EQ(store_.reads, 1);
}

TEST_F(CachedUserStoreTest, AWriteThatWasRolledBackIsNotShown) {
  const UserId id = create("ada");
  ASSERT_TRUE(find(id));
  {
    auto work = unit();
    ASSERT_TRUE(run(loop_, cached_.update(work, id, {.username = "grace"}, {})));
  }
  EXPECT_EQ(nameIn(find(id)), "ada");
}

TEST_F(CachedUserStoreTest, NothingIsCachedAfterAWriteOfUnknownOutcome) {
  const UserId id = create("ada");
  ASSERT_TRUE(find(id));
  rename(id, "grace", false);
  EXPECT_EQ(nameIn(find(id)), "grace");  // the store has it
  EXPECT_FALSE(find(id)->fromCache);
  const UserId other = create("bob");
  ASSERT_TRUE(find(other));
  remove(other, false);
  EXPECT_FALSE(find(other));
  EXPECT_FALSE(find(other));
  EXPECT_EQ(store_.reads, 6);
}

TEST_F(CachedUserStoreTest, FailedWritesAreGivenOn) {
  auto work = unit();
  EXPECT_EQ(run(loop_, cached_.update(work, UserId{5}, {}, {})).error().kind, Kind::NotFound);
  EXPECT_EQ(run(loop_, cached_.remove(work, UserId{5}, {})).error().kind, Kind::NotFound);
  create("ada");
  EXPECT_EQ(run(loop_, cached_.create(work, {"ada", "x"})).error().kind, Kind::UsernameTaken);
  EXPECT_TRUE(run(loop_, work.commit()));
}

TEST_F(CachedUserStoreTest, ListsComeFromTheStore) {
  create("ada");
  EXPECT_EQ(run(loop_, cached_.list({}, nullptr)).value().size(), 1U);
}

TEST_F(CachedUserStoreTest, ManyMissesShareOneRead) {
  const UserId id = create("ada");
  slow_.slow = true;
  constexpr int kReaders = 100;
  std::vector<std::shared_ptr<std::optional<UserResult<FoundUser>>>> readers;
  readers.reserve(kReaders);
  for (int i = 0; i < kReaders; ++i) readers.push_back(start(loop_, cached_.find(id, nullptr)));
  loop_.restart();
  loop_.poll();
  slow_.letGo();
  for (const auto& reader : readers) {
    while (!*reader) loop_.run_one();
    ASSERT_TRUE(**reader);
    EXPECT_EQ(nameIn(**reader), "ada");
  }
  EXPECT_EQ(store_.reads, 1);
}

TEST_F(CachedUserStoreTest, AReaderAfterAWriteDoesNotJoinOneBeforeIt) {
  const UserId id = create("ada");
  slow_.slow = true;
  const auto before = start(loop_, cached_.find(id, nullptr));
  loop_.restart();
  loop_.poll();
  rename(id, "grace");
  const auto after = start(loop_, cached_.find(id, nullptr));
  loop_.poll();
  slow_.letGo();
  while (!*before || !*after) loop_.run_one();
  EXPECT_EQ(nameIn(**before), "ada");  // both were under way at the same time
  EXPECT_EQ(nameIn(**after), "grace");
  EXPECT_EQ(nameIn(find(id)), "grace");
  EXPECT_EQ(store_.reads, 2);
}

TEST_F(CachedUserStoreTest, FollowersGoOnWhenTheirLeaderIsCancelled) {
  const UserId id = create("ada");
  slow_.slow = true;
  asio::cancellation_signal cancel;
  bool ended = false;
  asio::co_spawn(loop_, cached_.find(id, nullptr),
                 asio::bind_cancellation_slot(cancel.slot(), [&](const std::exception_ptr& error,
                                                                 const UserResult<FoundUser>&) {
                   ended = true;
                   EXPECT_TRUE(error);
                 }));
  const auto follower = start(loop_, cached_.find(id, nullptr));
  loop_.restart();
  loop_.poll();
  slow_.slow = false;
  cancel.emit(asio::cancellation_type::terminal);
  while (!ended || !*follower) loop_.run_one();
  ASSERT_TRUE(**follower);
  EXPECT_EQ(nameIn(**follower), "ada");
  EXPECT_EQ(store_.reads, 2);
}

TEST_F(CachedUserStoreTest, AnErrorIsNotCached) {
  const UserId id = create("ada");
  store_.failure = UserError{Kind::Database};
  EXPECT_EQ(find(id).error().kind, Kind::Database);
  store_.failure.reset();
  EXPECT_TRUE(find(id));
  EXPECT_FALSE(find(id)->json.empty());
}

TEST_F(CachedUserStoreTest, AnUnreadableEntryIsAMiss) {
  const UserId id = create("ada");
  const auto mark = run(loop_, cache_.get("user:1")).mark;
  run(loop_, cache_.fill("user:1", mark, 1, "not a user"));
  const auto found = find(id);
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->fromCache);
}

TEST(FakeUserStore, AnswersAsTheRealOne) {
  slipway::testing::FakeClock clock;
  asio::io_context loop;
  FakeUserStore store(clock);
  UnitOfWork unit(std::make_unique<EmptyTransaction>(true));
  const auto ada = run(loop, store.create(unit, {"ada", "ada@example.org"}));
  const auto bob = run(loop, store.create(unit, {"bob", "bob@example.org", false}));
  ASSERT_TRUE(ada);
  ASSERT_TRUE(bob);
  EXPECT_EQ(run(loop, store.create(unit, {"ADA", "bob@example.org"})).error().kind,
            Kind::UsernameTaken);
  EXPECT_EQ(run(loop, store.update(unit, bob->id, {.email = "ada@example.org"}, {})).error().kind,
            Kind::EmailTaken);
  EXPECT_EQ(run(loop, store.remove(unit, ada->id, std::vector<std::int64_t>{2})).error().kind,
            Kind::VersionMismatch);
  EXPECT_EQ(run(loop, store.list({.isActive = false}, nullptr)).value().size(), 1U);
  EXPECT_EQ(run(loop, store.list({.skip = 1, .prefix = "a"}, nullptr)).value().size(), 0U);
  EXPECT_EQ(run(loop, store.list({.limit = 1}, nullptr)).value().size(), 2U);
  EXPECT_EQ(run(loop, store.list({.username = "ADA", .email = "ada@example.org"}, nullptr))
                .value()
                .size(),
            1U);
  EXPECT_TRUE(run(loop, store.remove(unit, ada->id, {})));
  store.failure = UserError{Kind::Database};
  EXPECT_FALSE(run(loop, store.list({}, nullptr)));
  EXPECT_FALSE(run(loop, store.create(unit, {})));
  EXPECT_FALSE(run(loop, store.update(unit, bob->id, {}, {})));
  EXPECT_FALSE(run(loop, store.remove(unit, bob->id, {})));
}

}  // namespace
}  // namespace slipway::users
