#include "ops/deploy/guard_decision.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace slipway::ops {

namespace {

double share(std::uint64_t part, std::uint64_t all) {
  return all == 0 ? 0 : static_cast<double>(part) / static_cast<double>(all);
}

/// More than `factor` times the expected share, and hardly by chance.
bool isTooMany(std::uint64_t part, std::uint64_t all, double expected, const GuardLimits& limits) {
  return share(part, all) > expected * limits.factor &&
         chanceOfAtLeast(part, all, expected) < limits.chance;
}

std::string tooManyErrors(const GuardEvidence& evidence, const GuardLimits& limits) {
  const auto& after = evidence.after;
  const auto before = evidence.before.value_or(Traffic{});
  const double usual = share(before.errors, before.requests);
  if (!isTooMany(after.errors, after.requests, std::max(usual, limits.leastErrorShare), limits)) {
    return {};
  }
  return fmt::format("{} of {} requests were answered with 5xx ({:.2f} %; before: {:.2f} %)",
                     after.errors, after.requests, 100 * share(after.errors, after.requests),
                     100 * usual);
}

std::string tooManyTakenOver(const GuardEvidence& evidence, const GuardLimits& limits) {
  const auto all = evidence.after.requests + evidence.takenOver;
  if (!isTooMany(evidence.takenOver, all, limits.leastErrorShare, limits)) return {};
  return fmt::format("{} of {} requests could not reach it, and the version before answered them",
                     evidence.takenOver, all);
}

std::string tooManyFailedProbes(const GuardEvidence& evidence, const GuardLimits& limits) {
  if (!isTooMany(evidence.failedProbes, evidence.probes, limits.leastErrorShare, limits)) return {};
  return fmt::format("{} of {} probes through the proxy failed", evidence.failedProbes,
                     evidence.probes);
}

/// Whether there is enough from before to know what is slow.
bool knowsWhatIsSlow(const GuardEvidence& evidence, const GuardLimits& limits) {
  return evidence.before && evidence.before->requests >= limits.samples;
}

std::string tooSlow(const GuardEvidence& evidence, const GuardLimits& limits) {
  if (!knowsWhatIsSlow(evidence, limits)) return {};
  const double usual = boundOf(*evidence.before, 1 - limits.slowShare);
  const double slow = std::max(usual * limits.factor, limits.leastSlow);
  const auto count = slowerThan(evidence.after, slow);
  const auto all = evidence.after.requests;
  // p99 is above `slow` when more than 1 % are: the factor is in `slow` already.
  const bool tooMany = share(count, all) > limits.slowShare &&
                       chanceOfAtLeast(count, all, limits.slowShare) < limits.chance;
  if (!tooMany) return {};
  return fmt::format("{} of {} requests took longer than {:.0f} ms (p99 before: {:.0f} ms)", count,
                     all, 1000 * slow, 1000 * usual);
}

Decision atTheEnd(const GuardEvidence& evidence, const GuardLimits& limits) {
  const auto& after = evidence.after;
  if (after.requests < limits.samples) {
    return {Verdict::Undecided, fmt::format("only {} requests, of {} that it takes to tell",
                                            after.requests, limits.samples)};
  }
  if (evidence.before && !knowsWhatIsSlow(evidence, limits)) {
    return {Verdict::Undecided,
            fmt::format("only {} requests before, of {} that it takes to compare",
                        evidence.before->requests, limits.samples)};
  }
  return {Verdict::Pass,
          fmt::format("{} requests, {} of them 5xx, p99 within {:.0f} ms", after.requests,
                      after.errors, 1000 * boundOf(after, 1 - limits.slowShare))};
}

}  // namespace

double chanceOfAtLeast(std::uint64_t least, std::uint64_t count, double p) {
  if (least == 0 || p >= 1) return 1;
  if (least > count || p <= 0) return 0;
  const auto n = static_cast<double>(count);
  const auto k = static_cast<double>(least);
  if (k <= n * p) return 1;  // no rarer than the expected: not worth the sum
  // Summed upwards from `least`, each term by its ratio to the one before: they only get smaller.
  double term = std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) +
                         k * std::log(p) + (n - k) * std::log1p(-p));
  double sum = 0;
  for (double i = k; i <= n && term > sum * 1e-12; ++i) {
    sum += term;
    term *= (n - i) / (i + 1) * p / (1 - p);
  }
  return sum;
}

Decision decide(const GuardEvidence& evidence, const GuardLimits& limits) {
  if (!evidence.incident.empty()) return {Verdict::Worse, evidence.incident};
  for (const auto& reason : {tooManyErrors(evidence, limits), tooManyTakenOver(evidence, limits),
                             tooManyFailedProbes(evidence, limits), tooSlow(evidence, limits)}) {
    if (!reason.empty()) return {Verdict::Worse, reason};
  }
  if (evidence.isOver) return atTheEnd(evidence, limits);
  return {};
}

}  // namespace slipway::ops
