// The answers kept for repeats of a write request (header Idempotency-Key): a table of its own,
// written in the transaction of the change. No state here; every task's reference parameters must
// outlive it.
#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "platform/endpoint.hpp"
#include "platform/sql.hpp"

namespace slipway::platform {

inline constexpr std::chrono::hours kIdempotencyKeyLifetime{24};

struct IdempotencyKey {
  std::string subject;  // keys of different subjects are different
  std::string key;
  std::string fingerprint;  // of method, target, subject and body

  /// The name of the lock that the request holds while it runs.
  std::string lockName() const;
};

/// None when the request has no key. Error: the detail of the 400 answer.
std::expected<std::optional<IdempotencyKey>, std::string_view> readIdempotencyKey(const Call& call);

/// The answer to give instead of running the request: the kept one, or 422 when the key was used
/// for another request. None when the key is new or older than its lifetime.
net::Task<std::expected<std::optional<net::Response>, SqlError>> findKeptAnswer(
    SqlSession& session, const IdempotencyKey& key, base::Timestamp now);

/// What keeps status, body, content type, Location and ETag of `answer`.
SqlCall keepAnswer(const IdempotencyKey& key, const net::Response& answer, base::Timestamp now);

}  // namespace slipway::platform
