// What the store does when other writers are faster, or its statements fail.
#include "users/sql_user_store_test_support.hpp"

namespace slipway::users {
namespace {

using net::Task;
using platform::UnitOfWork;
using Kind = UserError::Kind;
using slipway::testing::run;

/// A database on which another writer is always faster, as PostgreSQL allows.
class RacingUnit final : public platform::Transaction {
 public:
  RacingUnit(std::unique_ptr<platform::Transaction> real, std::string loses,
             std::optional<platform::SqlError> error)
      : real_(std::move(real)), loses_(std::move(loses)), error_(error) {}
  Task<platform::SqlResult> execute(const platform::Statement& statement,
                                    platform::SqlParameters parameters) override {
    if (statement.name != loses_) {
      auto result = co_await real_->execute(statement, std::move(parameters));
      co_return result;
    }
    if (error_) co_return std::unexpected(*error_);
    static constexpr platform::Statement kNothing{
        "nothing", "UPDATE users SET version = 0 WHERE id < 0", true};
    auto result = co_await real_->execute(kNothing, {});
    co_return result;
  }
  Task<std::expected<void, platform::SqlError>> commit(platform::SqlCalls last) override {
    return real_->commit(std::move(last));
  }

 private:
  std::unique_ptr<platform::Transaction> real_;
  const std::string loses_;
  const std::optional<platform::SqlError> error_;
};

class RacedStoreTest : public SqlUserStoreTest {
 protected:
  std::unique_ptr<UnitOfWork> beginLosing(std::string statement,
                                          std::optional<platform::SqlError> error = {}) {
    auto real = run(loop_, database_.begin());
    return std::make_unique<UnitOfWork>(
        std::make_unique<RacingUnit>(std::move(*real), std::move(statement), error));
  }
};

TEST_P(RacedStoreTest, GivesUpAfterSomeAttempts) {
  const UserId id = ada().id;
  auto unit = beginLosing("users.update");  // one at a time: each holds the writer
  EXPECT_EQ(errorOf(run(loop_, strict_.update(*unit, id, {.username = "x"}, {}))), Kind::Database);
  unit.reset();
  unit = beginLosing("users.insert");
  EXPECT_EQ(errorOf(run(loop_, strict_.create(*unit, {"x", "y"}))), Kind::Database);
}

TEST_P(RacedStoreTest, TellsByTheIndexWhatWasTaken) {
  const UserId id = ada().id;
  platform::SqlError violation{platform::SqlError::Kind::UniqueViolation, "", "users_username_key"};
  auto unit = beginLosing("users.update", violation);
  EXPECT_EQ(errorOf(run(loop_, strict_.update(*unit, id, {.username = "x"}, {}))),
            Kind::UsernameTaken);
  unit.reset();
  violation.constraint = "users_email_key";
  unit = beginLosing("users.update", violation);
  EXPECT_EQ(errorOf(run(loop_, strict_.update(*unit, id, {.username = "x"}, {}))),
            Kind::EmailTaken);
}

TEST_P(RacedStoreTest, GivesErrorsOfEveryStatementOn) {
  const UserId id = ada().id;
  const platform::SqlError unavailable{platform::SqlError::Kind::Unavailable, "", {}};
  const auto taken = bob().username;
  for (const char* statement : {"users.find_and_hold", "users.update", "users.find_taken"}) {
    const auto unit = beginLosing(statement, unavailable);
    EXPECT_EQ(errorOf(run(loop_, strict_.update(*unit, id, {.username = taken}, {}))),
              Kind::Database)
        << statement;
  }
  auto unit = beginLosing("users.find_and_hold", unavailable);
  EXPECT_EQ(errorOf(run(loop_, strict_.remove(*unit, id, {}))), Kind::Database);
  unit.reset();
  unit = beginLosing("users.insert", unavailable);
  EXPECT_EQ(errorOf(run(loop_, strict_.create(*unit, {"x", "y"}))), Kind::Database);
}

INSTANTIATE_TEST_SUITE_P(On, RacedStoreTest, kEveryEngine, nameOf);

}  // namespace
}  // namespace slipway::users
