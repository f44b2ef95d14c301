// Puts a cache in front of a store: users by id are read through it, with one read of the store
// for all that miss the same user at the same time; writes update it after their commit and before
// the client hears of it. Lists go to the store. Belongs to one loop; store and cache outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "platform/cache.hpp"
#include "users/user_store.hpp"

namespace slipway::users {

class CachedUserStore final : public UserStore {
 public:
  CachedUserStore(UserStore& store, platform::Cache& cache);
  ~CachedUserStore() override;

  net::Task<UserResult<FoundUser>> find(UserId id, const platform::RequestSpan* span) override;
  net::Task<UserResult<std::vector<User>>> list(UserQuery query,
                                                const platform::RequestSpan* span) override;
  net::Task<UserResult<User>> create(platform::UnitOfWork& unit, NewUser user) override;
  net::Task<UserResult<User>> update(platform::UnitOfWork& unit, UserId id, UserChange change,
                                     ExpectedVersions expected) override;
  net::Task<UserResult<void>> remove(platform::UnitOfWork& unit, UserId id,
                                     ExpectedVersions expected) override;

 private:
  class Flight;
  class FlightLead;

  net::Task<UserResult<FoundUser>> lead(UserId id, std::string key, std::uint64_t mark,
                                        const platform::RequestSpan* span);

  UserStore& store_;
  platform::Cache& cache_;
  // By the mark of the miss: a read that began before a write can't serve one that began after it.
  using Flights = std::unordered_map<std::uint64_t, std::shared_ptr<Flight>>;
  std::shared_ptr<Flights> flights_;  // shared with flights that end after this object
};

}  // namespace slipway::users
