#include "users/cached_user_store.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <charconv>
#include <chrono>
#include <limits>
#include <optional>
#include <utility>

#include "users/user_codec.hpp"

namespace slipway::users {

namespace asio = net::asio;

using platform::CacheLookup;
using platform::CommitOutcome;

namespace {

// Longer than the store takes to give up.
constexpr std::chrono::seconds kFlightLimit{30};
// Ids are never given twice: nothing can follow a deletion.
constexpr std::int64_t kDeletedVersion = std::numeric_limits<std::int64_t>::max();

std::string cacheKey(UserId id) {
  std::array<char, 32> buffer{'u', 's', 'e', 'r', ':'};
  const auto end = std::to_chars(buffer.data() + 5, buffer.data() + buffer.size(), id.value).ptr;
  return std::string(buffer.data(), end);
}

UserResult<FoundUser> notFound() { return std::unexpected(UserError{UserError::Kind::NotFound}); }

net::Task<> putUser(platform::Cache& cache, std::uint64_t ticket, User user,
                    CommitOutcome outcome) {
  auto key = cacheKey(user.id);
  if (outcome == CommitOutcome::Committed) {
    co_await cache.put(std::move(key), ticket, user.version, encodeUser(user));
  } else {
    co_await cache.suspend(std::move(key), ticket);
  }
}

net::Task<> removeUser(platform::Cache& cache, std::uint64_t ticket, UserId id,
                       CommitOutcome outcome) {
  auto key = cacheKey(id);
  if (outcome == CommitOutcome::Committed) {
    co_await cache.remove(std::move(key), ticket, kDeletedVersion);
  } else {
    co_await cache.suspend(std::move(key), ticket);
  }
}

/// Tells the cache of a change before it is committed.
net::Task<std::uint64_t> announce(platform::Cache& cache, platform::UnitOfWork& unit, UserId id) {
  const std::uint64_t ticket = co_await cache.announce(cacheKey(id));
  unit.afterRollback([&cache, id, ticket] { cache.withdraw(cacheKey(id), ticket); });
  co_return ticket;
}

}  // namespace

/// One read of the store that others may wait for. Never `result` when its leader was cancelled.
class CachedUserStore::Flight {
 public:
  explicit Flight(const net::Executor& executor) : landed(executor, kFlightLimit) {}
  asio::steady_timer landed;  // cancelled when it is over
  std::optional<UserResult<FoundUser>> result;
};

/// Takes the flight off the list and wakes its followers, whatever becomes of the leader.
class CachedUserStore::FlightLead {
 public:
  FlightLead(std::shared_ptr<Flights> flights, std::uint64_t mark, const net::Executor& executor)
      : flights_(std::move(flights)), mark_(mark), flight_(std::make_shared<Flight>(executor)) {
    flights_->emplace(mark_, flight_);
  }
  ~FlightLead() {
    flights_->erase(mark_);
    flight_->landed.cancel();
  }
  FlightLead(const FlightLead&) = delete;
  FlightLead& operator=(const FlightLead&) = delete;
  void land(const UserResult<FoundUser>& result) { flight_->result = result; }

 private:
  const std::shared_ptr<Flights> flights_;
  const std::uint64_t mark_;
  const std::shared_ptr<Flight> flight_;
};

CachedUserStore::CachedUserStore(UserStore& store, platform::Cache& cache)
    : store_(store), cache_(cache), flights_(std::make_shared<Flights>()) {}

CachedUserStore::~CachedUserStore() = default;

net::Task<UserResult<FoundUser>> CachedUserStore::find(UserId id) {
  if (id.value <= 0) co_return notFound();
  const std::string key = cacheKey(id);
  for (;;) {
    CacheLookup lookup;
    if (!cache_.tryGet(key, lookup)) lookup = co_await cache_.get(key);
    if (lookup.state == CacheLookup::State::Absent) co_return notFound();
    if (lookup.state == CacheLookup::State::Hit && decodeUser(lookup.value)) {
      co_return FoundUser{
          .id = id, .version = lookup.version, .json = std::move(lookup.value), .fromCache = true};
    }
    if (lookup.mark == 0) co_return co_await store_.find(id);
    const auto found = flights_->find(lookup.mark);
    if (found == flights_->end()) co_return co_await lead(id, key, lookup.mark);
    const auto flight = found->second;
    co_await flight->landed.async_wait(asio::as_tuple(net::useTask));
    if (flight->result) co_return *flight->result;
  }
}

net::Task<UserResult<FoundUser>> CachedUserStore::lead(UserId id, std::string key,
                                                       std::uint64_t mark) {
  const auto executor = co_await asio::this_coro::executor;
  FlightLead flight(flights_, mark, executor);
  auto result = co_await store_.find(id);
  if (result) {
    auto value = encodeUser(result->json);
    co_await cache_.fill(std::move(key), mark, result->version, std::move(value));
  } else if (result.error().kind == UserError::Kind::NotFound) {
    co_await cache_.fillAbsent(std::move(key), mark);
  } else {
    cache_.release(key, mark);
  }
  flight.land(result);
  co_return result;
}

net::Task<UserResult<std::vector<User>>> CachedUserStore::list(UserQuery query) {
  return store_.list(std::move(query));
}

net::Task<UserResult<User>> CachedUserStore::create(platform::UnitOfWork& unit, NewUser user) {
  auto result = co_await store_.create(unit, std::move(user));
  if (result) {
    unit.afterCommit([&cache = cache_, created = *result](CommitOutcome outcome) {
      return putUser(cache, 0, created, outcome);  // nobody can have seen it
    });
  }
  co_return result;
}

net::Task<UserResult<User>> CachedUserStore::update(platform::UnitOfWork& unit, UserId id,
                                                    UserChange change, ExpectedVersions expected) {
  auto result = co_await store_.update(unit, id, std::move(change), std::move(expected));
  if (result) {
    const std::uint64_t ticket = co_await announce(cache_, unit, id);
    unit.afterCommit([&cache = cache_, ticket, updated = *result](CommitOutcome outcome) {
      return putUser(cache, ticket, updated, outcome);
    });
  }
  co_return result;
}

net::Task<UserResult<void>> CachedUserStore::remove(platform::UnitOfWork& unit, UserId id,
                                                    ExpectedVersions expected) {
  auto result = co_await store_.remove(unit, id, std::move(expected));
  if (result) {
    const std::uint64_t ticket = co_await announce(cache_, unit, id);
    unit.afterCommit([&cache = cache_, ticket, id](CommitOutcome outcome) {
      return removeUser(cache, ticket, id, outcome);
    });
  }
  co_return result;
}

}  // namespace slipway::users
