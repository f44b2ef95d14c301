// Coroutines of one loop that wait for the same thing under a key: the first does it (and keeps the
// gate), the others wait at the gate. Belongs to one loop.
#pragma once

#include <boost/asio/redirect_error.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "platform/redis/redis_connection.hpp"

namespace slipway::platform {

struct RedisGate {
  RedisGate(const net::Executor& executor, std::chrono::milliseconds limit)
      : opened(executor, limit) {}
  RedisTimer opened;       // cancelled when it is
  std::uint64_t mark = 0;  // what those who waited may share; 0: nothing
};

class RedisGates {
 public:
  using Map = std::unordered_map<std::string, std::shared_ptr<RedisGate>>;

  /// Opens the gate, whatever becomes of the coroutine that holds this.
  class Keeper {
   public:
    Keeper(std::shared_ptr<Map> gates, std::string key, std::shared_ptr<RedisGate> gate)
        : gates_(std::move(gates)), key_(std::move(key)), gate_(std::move(gate)) {
      gates_->emplace(key_, gate_);
    }
    ~Keeper() {
      gates_->erase(key_);
      gate_->opened.cancel();
    }
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;
    void share(std::uint64_t mark) { gate_->mark = mark; }

   private:
    const std::shared_ptr<Map> gates_;
    const std::string key_;
    const std::shared_ptr<RedisGate> gate_;
  };

  RedisGates(const net::Executor& executor, std::chrono::milliseconds limit)
      : executor_(executor), limit_(limit), gates_(std::make_shared<Map>()) {}

  /// Null when nobody is at it.
  std::shared_ptr<RedisGate> find(const std::string& key) const {
    const auto found = gates_->find(key);
    return found == gates_->end() ? nullptr : found->second;
  }
  Keeper keep(std::string key) {
    return Keeper(gates_, std::move(key), std::make_shared<RedisGate>(executor_, limit_));
  }
  static net::Task<> pass(std::shared_ptr<RedisGate> gate) {
    boost::system::error_code ignored;
    co_await gate->opened.async_wait(net::asio::redirect_error(net::useTask, ignored));
  }

 private:
  const net::Executor executor_;
  const std::chrono::milliseconds limit_;
  const std::shared_ptr<Map> gates_;  // shared with coroutines that end after this object
};

}  // namespace slipway::platform
