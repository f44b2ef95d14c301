// The steps of a recorded request, as children of its span. A request that is not recorded is a
// null pointer: then nothing is made, timed or kept, at the price of one branch. On the request's
// loop; what throws (a request that was given up) is not recorded.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "net/task.hpp"
#include "platform/cache.hpp"
#include "platform/sql.hpp"
#include "platform/trace_span.hpp"

namespace slipway::platform {

class Tracer;

/// The span of a request that is being recorded. Lives as long as its handler runs.
struct RequestSpan {
  Tracer& tracer;
  Span span;
};

/// Times a step.
class StepTimer {
 public:
  explicit StepTimer(const RequestSpan* request) : request_(request) {
    if (request_ != nullptr) began_ = std::chrono::steady_clock::now();
  }
  /// `shared`: the request whose read it was, when that is recorded.
  void end(const Step& step, const std::optional<Span>& shared = {}) const {
    if (request_ != nullptr) record(step, shared);
  }

 private:
  void record(const Step& step, const std::optional<Span>& shared) const;

  const RequestSpan* request_;
  Span::SteadyTime began_;
};

/// For the results that caches and databases give (traced.cpp).
template <typename Result>
net::Task<Result> recordTask(const RequestSpan* request, Step step, net::Task<Result> work);

/// `work` itself, or `work` and then a record of it. `request` outlives the task.
template <typename Result>
net::Task<Result> traced(const RequestSpan* request, const Step& step, net::Task<Result> work) {
  if (request == nullptr) return work;
  return recordTask(request, step, std::move(work));
}

/// The same for a statement.
inline net::Task<SqlResult> traced(const RequestSpan* request, const Statement& statement,
                                   net::Task<SqlResult> work) {
  if (request == nullptr) return work;
  return recordTask(request, Step{.statement = &statement}, std::move(work));
}

/// cache.tryGet(): recorded when it found out something.
bool tracedTryGet(const RequestSpan* request, Cache& cache, std::string_view key,
                  CacheLookup& lookup);

/// A session on behalf of a request; both outlive it.
class TracedSession final : public SqlSession {
 public:
  TracedSession(SqlSession& session, const RequestSpan* request)
      : session_(session), request_(request) {}
  net::Task<SqlResult> execute(const Statement& statement, SqlParameters parameters) override {
    return traced(request_, statement, session_.execute(statement, std::move(parameters)));
  }

 private:
  SqlSession& session_;
  const RequestSpan* request_;
};

}  // namespace slipway::platform
