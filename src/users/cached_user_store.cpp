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

#include "platform/traced.hpp"
#include "users/user_codec.hpp"

namespace slipway::users {

namespace asio = net::asio;

using platform::CacheLookup;
using platform::CommitOutcome;
using platform::RequestSpan;
using platform::Step;
using platform::traced;

namespace {

// Longer than the store takes to give up.
constexpr std::chrono::seconds kFlightLimit{30};
// Ids are never given twice: nothing can follow a deletion.
constexpr std::int64_t kDeletedVersion = std::numeric_limits<std::int64_t>::max();

constexpr Step cacheStep(std::string_view operation) {
  return {.place = Step::Place::Cache, .operation = operation};
}
constexpr Step kGet = cacheStep("get");
constexpr Step kAnnounce = cacheStep("announce");
constexpr Step kPut = cacheStep("put");
constexpr Step kRemove = cacheStep("remove");
constexpr Step kSuspend = cacheStep("suspend");
constexpr Step kSharedRead{.place = Step::Place::SharedRead};

std::string cacheKey(UserId id) {
  std::array<char, 32> buffer{'u', 's', 'e', 'r', ':'};
  const auto end = std::to_chars(buffer.data() + 5, buffer.data() + buffer.size(), id.value).ptr;
  return std::string(buffer.data(), end);
}

UserResult<FoundUser> notFound() { return std::unexpected(UserError{UserError::Kind::NotFound}); }

net::Task<> putUser(platform::Cache& cache, std::uint64_t ticket, const User& user,
                    CommitOutcome outcome, const RequestSpan* span) {
  auto key = cacheKey(user.id);
  if (outcome == CommitOutcome::Committed) {
    return traced(span, kPut, cache.put(std::move(key), ticket, user.version, encodeUser(user)));
  }
  return traced(span, kSuspend, cache.suspend(std::move(key), ticket));
}

net::Task<> removeUser(platform::Cache& cache, std::uint64_t ticket, UserId id,
                       CommitOutcome outcome, const RequestSpan* span) {
  auto key = cacheKey(id);
  if (outcome == CommitOutcome::Committed) {
    return traced(span, kRemove, cache.remove(std::move(key), ticket, kDeletedVersion));
  }
  return traced(span, kSuspend, cache.suspend(std::move(key), ticket));
}

/// Tells the cache of a change before it is committed.
net::Task<std::uint64_t> announce(platform::Cache& cache, platform::UnitOfWork& unit, UserId id) {
  auto announced = traced(unit.span(), kAnnounce, cache.announce(cacheKey(id)));
  const std::uint64_t ticket = co_await std::move(announced);
  unit.afterRollback([&cache, id, ticket] { cache.withdraw(cacheKey(id), ticket); });
  co_return ticket;
}

}  // namespace

/// One read of the store that others may wait for. Never `result` when its leader was cancelled.
class CachedUserStore::Flight {
 public:
  Flight(const net::Executor& executor, const RequestSpan* span) : landed(executor, kFlightLimit) {
    if (span != nullptr) leader = span->span;
  }
  asio::steady_timer landed;  // cancelled when it is over
  std::optional<platform::Span> leader;
  std::optional<UserResult<FoundUser>> result;
};

/// Takes the flight off the list and wakes its followers, whatever becomes of the leader.
class CachedUserStore::FlightLead {
 public:
  FlightLead(std::shared_ptr<Flights> flights, std::uint64_t mark, const net::Executor& executor,
             const RequestSpan* span)
      : flights_(std::move(flights)),
        mark_(mark),
        flight_(std::make_shared<Flight>(executor, span)) {
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

net::Task<UserResult<FoundUser>> CachedUserStore::find(UserId id, const RequestSpan* span) {
  if (id.value <= 0) co_return notFound();
  const std::string key = cacheKey(id);
  for (;;) {
    CacheLookup lookup;
    if (!platform::tracedTryGet(span, cache_, key, lookup)) {
      auto asked = traced(span, kGet, cache_.get(key));
      lookup = co_await std::move(asked);
    }
    if (lookup.state == CacheLookup::State::Absent) co_return notFound();
    if (lookup.state == CacheLookup::State::Hit && decodeUser(lookup.value)) {
      co_return FoundUser{
          .id = id, .version = lookup.version, .json = std::move(lookup.value), .fromCache = true};
    }
    if (lookup.mark == 0) co_return co_await store_.find(id, span);
    const auto found = flights_->find(lookup.mark);
    if (found == flights_->end()) co_return co_await lead(id, key, lookup.mark, span);
    const auto flight = found->second;
    const platform::StepTimer wait(span);
    co_await flight->landed.async_wait(asio::as_tuple(net::useTask));
    wait.end(kSharedRead, flight->leader);
    if (flight->result) co_return *flight->result;
  }
}

net::Task<UserResult<FoundUser>> CachedUserStore::lead(UserId id, std::string key,
                                                       std::uint64_t mark,
                                                       const RequestSpan* span) {
  const auto executor = co_await asio::this_coro::executor;
  FlightLead flight(flights_, mark, executor, span);
  auto result = co_await store_.find(id, span);
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

net::Task<UserResult<std::vector<User>>> CachedUserStore::list(UserQuery query,
                                                               const RequestSpan* span) {
  return store_.list(std::move(query), span);
}

net::Task<UserResult<User>> CachedUserStore::create(platform::UnitOfWork& unit, NewUser user) {
  auto result = co_await store_.create(unit, std::move(user));
  if (result) {
    unit.afterCommit([&cache = cache_, &unit, created = *result](CommitOutcome outcome) {
      return putUser(cache, 0, created, outcome, unit.span());  // nobody can have seen it
    });
  }
  co_return result;
}

net::Task<UserResult<User>> CachedUserStore::update(platform::UnitOfWork& unit, UserId id,
                                                    UserChange change, ExpectedVersions expected) {
  auto result = co_await store_.update(unit, id, std::move(change), std::move(expected));
  if (result) {
    const std::uint64_t ticket = co_await announce(cache_, unit, id);
    unit.afterCommit([&cache = cache_, &unit, ticket, updated = *result](CommitOutcome outcome) {
      return putUser(cache, ticket, updated, outcome, unit.span());
    });
  }
  co_return result;
}

net::Task<UserResult<void>> CachedUserStore::remove(platform::UnitOfWork& unit, UserId id,
                                                    ExpectedVersions expected) {
  auto result = co_await store_.remove(unit, id, std::move(expected));
  if (result) {
    const std::uint64_t ticket = co_await announce(cache_, unit, id);
    unit.afterCommit([&cache = cache_, &unit, ticket, id](CommitOutcome outcome) {
      return removeUser(cache, ticket, id, outcome, unit.span());
    });
  }
  co_return result;
}

}  // namespace slipway::users
