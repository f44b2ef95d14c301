// A user store whose reads take as long as a test wants.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>
#include <vector>

#include "users/fake_user_store.hpp"

namespace slipway::users {

/// The fake store, with reads that wait until they are let go.
class SlowUserStore final : public UserStore {
 public:
  SlowUserStore(FakeUserStore& store, net::asio::io_context& loop)
      : store_(store), gate_(loop, net::asio::steady_timer::time_point::max()) {}
  bool slow = false;
  void letGo() {
    slow = false;
    gate_.cancel();
  }

  net::Task<UserResult<FoundUser>> find(UserId id, const platform::RequestSpan*) override {
    auto result = co_await store_.find(id, nullptr);  // read first: what comes later is not seen
    if (slow) {
      boost::system::error_code error;
      co_await gate_.async_wait(net::asio::redirect_error(net::useTask, error));
    }
    co_return result;
  }
  net::Task<UserResult<std::vector<User>>> list(UserQuery query,
                                                const platform::RequestSpan*) override {
    return store_.list(std::move(query), nullptr);
  }
  net::Task<UserResult<User>> create(platform::UnitOfWork& unit, NewUser user) override {
    return store_.create(unit, std::move(user));
  }
  net::Task<UserResult<User>> update(platform::UnitOfWork& unit, UserId id, UserChange change,
                                     ExpectedVersions expected) override {
    return store_.update(unit, id, std::move(change), std::move(expected));
  }
  net::Task<UserResult<void>> remove(platform::UnitOfWork& unit, UserId id,
                                     ExpectedVersions expected) override {
    return store_.remove(unit, id, std::move(expected));
  }

 private:
  FakeUserStore& store_;
  net::asio::steady_timer gate_;
};

}  // namespace slipway::users
