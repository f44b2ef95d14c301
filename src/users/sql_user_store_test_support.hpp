// A store of users on a database of each engine. Not part of the program.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platform/migrations.hpp"
#include "platform/postgres/postgres_engine.hpp"
#include "platform/postgres/postgres_server_test_support.hpp"
#include "platform/sqlite/sqlite_engine.hpp"
#include "platform/test_support.hpp"
#include "users/sql_user_store.hpp"

namespace slipway::users {

enum class Engine : std::uint8_t { Sqlite, Postgres };

inline std::unique_ptr<platform::SqlEngine> newDatabase(Engine engine, const std::string& file) {
  if (engine == Engine::Sqlite) {
    return std::make_unique<platform::SqliteEngine>(platform::SqliteOptions{.path = file});
  }
  auto& server = slipway::testing::PostgresServer::shared();
  return std::make_unique<platform::PostgresEngine>(
      platform::PostgresOptions{.url = base::Secret(server.url(server.createDatabase()))});
}

class SqlUserStoreTest : public ::testing::TestWithParam<Engine> {
 protected:
  slipway::testing::TemporaryFolder folder_;
  slipway::testing::FakeClock clock_;
  net::asio::io_context loop_;
  std::unique_ptr<platform::SqlEngine> engine_ = newDatabase(GetParam(), folder_.file("test.db"));
  std::unique_ptr<platform::Database> open_ = engine_->open(loop_);
  platform::Database& database_ = *open_;
  SqlUserStore strict_{database_, clock_, UserRules::Strict};
  SqlUserStore reference_{database_, clock_, UserRules::Reference};

  void SetUp() override { engine_->migrate("0.1.0", clock_.now()); }

  std::unique_ptr<platform::UnitOfWork> begin() {
    auto transaction = slipway::testing::run(loop_, database_.begin());
    return std::make_unique<platform::UnitOfWork>(std::move(*transaction));
  }
  template <typename T>
  UserResult<T> committed(platform::UnitOfWork& unit, net::Task<UserResult<T>> work) {
    auto result = slipway::testing::run(loop_, std::move(work));
    if (result) {
      EXPECT_TRUE(slipway::testing::run(loop_, unit.commit()));
    }
    return result;
  }
  UserResult<User> create(NewUser user, UserStore* store = nullptr) {
    const auto unit = begin();
    return committed(*unit, (store ? *store : strict_).create(*unit, std::move(user)));
  }
  UserResult<User> update(UserId id, UserChange change, ExpectedVersions expected = {}) {
    const auto unit = begin();
    return committed(*unit, strict_.update(*unit, id, std::move(change), std::move(expected)));
  }
  UserResult<void> remove(UserId id, ExpectedVersions expected = {}) {
    const auto unit = begin();
    return committed(*unit, strict_.remove(*unit, id, std::move(expected)));
  }
  UserResult<FoundUser> find(std::int64_t id) {
    return slipway::testing::run(loop_, strict_.find(UserId{id}, nullptr));
  }
  std::vector<std::string> list(UserQuery query, UserStore* store = nullptr) {
    const auto found =
        slipway::testing::run(loop_, (store ? *store : strict_).list(std::move(query), nullptr));
    EXPECT_TRUE(found);
    std::vector<std::string> names;
    for (const auto& user : found.value_or(std::vector<User>())) names.push_back(user.username);
    return names;
  }
  User ada() { return create({"Ada", "ada@example.org"}).value(); }
  User bob() { return create({"bob", "bob@example.org", false}).value(); }
};

template <typename T>
std::optional<UserError::Kind> errorOf(const UserResult<T>& result) {
  return result ? std::nullopt : std::optional(result.error().kind);
}

inline std::string nameOf(const ::testing::TestParamInfo<Engine>& engine) {
  return engine.param == Engine::Sqlite ? "Sqlite" : "Postgres";
}
inline const auto kEveryEngine = ::testing::Values(Engine::Sqlite, Engine::Postgres);

}  // namespace slipway::users
