#include "platform/traced.hpp"

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <type_traits>

#include "platform/errors.hpp"
#include "platform/tracing.hpp"

namespace slipway::platform {

namespace {

std::string_view resultName(CacheLookup::State state) {
  switch (state) {
    case CacheLookup::State::Hit:
      return "hit";
    case CacheLookup::State::Absent:
      return "absent";
    case CacheLookup::State::Miss:
      break;
  }
  return "miss";
}

template <typename Value>
void noteOutcome(Step& step, const std::expected<Value, SqlError>& result) {
  if (!result) step.error = kindName(result.error().kind);
}

template <typename Value>
void noteOutcome(Step& step, const std::expected<Value, std::string>& result) {
  if (!result) step.error = kindName(SqlError::Kind::Unavailable);
}

void noteOutcome(Step& step, const CacheLookup& lookup) { step.result = resultName(lookup.state); }

void noteOutcome(Step&, std::uint64_t) {}  // a ticket

}  // namespace

void StepTimer::record(const Step& step, const std::optional<Span>& shared) const {
  request_->tracer.endStep(request_->span, step, began_, shared);
}

template <typename Result>
net::Task<Result> recordTask(const RequestSpan* request, Step step, net::Task<Result> work) {
  const StepTimer timer(request);
  if constexpr (std::is_void_v<Result>) {
    co_await std::move(work);
    timer.end(step);
  } else {
    Result result = co_await std::move(work);
    noteOutcome(step, result);
    timer.end(step);
    co_return result;
  }
}

template net::Task<> recordTask(const RequestSpan*, Step, net::Task<>);
template net::Task<std::uint64_t> recordTask(const RequestSpan*, Step, net::Task<std::uint64_t>);
template net::Task<CacheLookup> recordTask(const RequestSpan*, Step, net::Task<CacheLookup>);
template net::Task<SqlResult> recordTask(const RequestSpan*, Step, net::Task<SqlResult>);
template net::Task<TransactionResult> recordTask(const RequestSpan*, Step,
                                                 net::Task<TransactionResult>);
template net::Task<std::expected<void, SqlError>> recordTask(
    const RequestSpan*, Step, net::Task<std::expected<void, SqlError>>);
template net::Task<std::expected<void, std::string>> recordTask(
    const RequestSpan*, Step, net::Task<std::expected<void, std::string>>);

bool tracedTryGet(const RequestSpan* request, Cache& cache, std::string_view key,
                  CacheLookup& lookup) {
  const StepTimer timer(request);
  const bool answered = cache.tryGet(key, lookup);
  // Without a mark nothing was looked at: Redis is away.
  const bool looked = lookup.state != CacheLookup::State::Miss || lookup.mark != 0;
  if (request != nullptr && answered && looked) {
    Step step{.place = Step::Place::Memory, .operation = "get"};
    noteOutcome(step, lookup);
    timer.end(step);
  }
  return answered;
}

}  // namespace slipway::platform
