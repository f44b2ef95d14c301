#include "platform/idempotency.hpp"

#include <algorithm>
#include <utility>

#include "base/digest.hpp"
#include "platform/errors.hpp"

namespace slipway::platform {

namespace {

constexpr std::size_t kMaxKeyBytes = 255;
constexpr std::string_view kJson = "application/json";

constexpr Statement kFind{
    "idempotency.find",
    "SELECT fingerprint, status, content_type, location, etag, body FROM idempotency_keys "
    "WHERE subject = $1 AND key = $2 AND created_at > $3"};

constexpr Statement kKeep{
    "idempotency.keep",
    "INSERT INTO idempotency_keys "
    "(subject, key, fingerprint, status, content_type, location, etag, body, created_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
    "ON CONFLICT (subject, key) DO UPDATE SET "  // one that is past its lifetime
    "fingerprint = excluded.fingerprint, status = excluded.status, "
    "content_type = excluded.content_type, location = excluded.location, "
    "etag = excluded.etag, body = excluded.body, created_at = excluded.created_at",
    true};

/// Each part with its length before it, so that they can't run together.
std::string fingerprintOf(const net::Request& request, std::string_view subject) {
  const auto sized = [](std::string_view part) { return std::to_string(part.size()) + ':'; };
  return base::sha256Hex({sized(request.methodName), request.methodName, sized(request.target),
                          request.target, sized(subject), subject, sized(request.body),
                          request.body});
}

/// The value of a header line that a response has; null without one.
SqlValue headerValue(const net::Response& response, std::string_view name) {
  std::string_view rest = response.headerLines();
  while (!rest.empty()) {
    const auto end = rest.find("\r\n");
    const auto line = rest.substr(0, end);
    if (line.size() > name.size() + 1 && line[name.size()] == ':' &&
        net::equalsIgnoreCase(line.substr(0, name.size()), name)) {
      return std::string(line.substr(name.size() + 2));
    }
    rest.remove_prefix(end + 2);
  }
  return std::monostate{};
}

net::Response restore(const Rows& rows) {
  net::Response answer(static_cast<unsigned>(rows.integer(0, 1)));
  const auto contentType = rows.text(0, 2);
  answer.contentType = contentType == kJson ? kJson : std::string_view();
  if (!contentType.empty() && contentType != kJson) answer.addHeader("Content-Type", contentType);
  if (!rows.isNull(0, 3)) answer.addHeader("Location", rows.text(0, 3));
  if (!rows.isNull(0, 4)) answer.addHeader("ETag", rows.text(0, 4));
  answer.body = rows.text(0, 5);
  answer.addHeader("Idempotency-Replayed", "true");
  return answer;
}

}  // namespace

std::string IdempotencyKey::lockName() const {
  return "idempotency:" + std::to_string(subject.size()) + ':' + subject + ':' + key;
}

std::expected<std::optional<IdempotencyKey>, std::string_view> readIdempotencyKey(
    const Call& call) {
  const net::Request& request = call.request;
  if (!request.hasHeader("Idempotency-Key")) return std::nullopt;
  const auto key = request.header("Idempotency-Key");
  const bool visible = std::ranges::all_of(key, [](char c) { return c > ' ' && c < '\x7f'; });
  if (key.empty() || key.size() > kMaxKeyBytes || !visible) {
    return std::unexpected("Idempotency-Key must be 1 to 255 visible ASCII characters");
  }
  return IdempotencyKey{std::string(call.subject), std::string(key),
                        fingerprintOf(request, call.subject)};
}

net::Task<std::expected<std::optional<net::Response>, SqlError>> findKeptAnswer(
    SqlSession& session, const IdempotencyKey& key, base::Timestamp now) {
  SqlParameters parameters;
  parameters.emplace_back(key.subject);
  parameters.emplace_back(key.key);
  parameters.emplace_back(base::Timestamp(now - kIdempotencyKeyLifetime));
  const SqlResult found = co_await session.execute(kFind, std::move(parameters));
  std::expected<std::optional<net::Response>, SqlError> answer;
  if (!found) {
    answer = std::unexpected(found.error());
  } else if ((*found)->size() != 0) {
    const Rows& rows = **found;
    answer = rows.text(0, 0) == key.fingerprint
                 ? restore(rows)
                 : errorResponse(422, "This Idempotency-Key was used for another request");
  }
  co_return answer;
}

SqlCall keepAnswer(const IdempotencyKey& key, const net::Response& answer, base::Timestamp now) {
  SqlParameters parameters;
  parameters.reserve(9);
  parameters.emplace_back(key.subject);
  parameters.emplace_back(key.key);
  parameters.emplace_back(key.fingerprint);
  parameters.emplace_back(static_cast<std::int64_t>(answer.status));
  parameters.emplace_back(std::string(answer.contentType));
  parameters.push_back(headerValue(answer, "Location"));
  parameters.push_back(headerValue(answer, "ETag"));
  parameters.emplace_back(std::string(answer.bodyView()));
  parameters.emplace_back(now);
  return {&kKeep, std::move(parameters)};
}

}  // namespace slipway::platform
