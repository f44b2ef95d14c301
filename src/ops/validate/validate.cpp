#include "ops/validate/validate.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>

#include "ops/init/random_secret.hpp"
#include "ops/validate/checks.hpp"
#include "ops/validate/findings.hpp"

namespace slipway::ops {

namespace {

class Validation {
 public:
  Validation(const ValidationRequest& request, Report& report)
      : request_(request), report_(report), client_(request.access) {
    user_.name = fmt::format("slipway-validate-{}", randomSecret(8).reveal());
  }

  net::Task<> run() {
    co_await checkSurface();
    if (mayUseUsers()) co_await checkUsers();
    if (request_.load.requests > 0) co_await checkLoad();
    if (user_.id && user_.mayExist) add(co_await checkDelete(client_, user_));
    auto left = co_await removeLeftUser(client_, user_);
    if (left) report_.checks.push_back(std::move(*left));
  }

 private:
  net::Task<> checkSurface() {
    const bool overTls = request_.access.place.overTls;
    add(co_await checkHealth(client_));
    // Without a connection every other check would say the same.
    if (report_.checks.back().detail.find(": connect: ") != std::string::npos) co_return;
    add(co_await checkReady(client_));
    add(co_await checkTls(client_, overTls, request_.certificateDays));
    auto found = co_await checkAccess(client_);
    access_ = found.access;
    add(std::move(found.check));
    add(co_await checkSecurityHeaders(client_, overTls, access_));
    add(co_await checkRequestIds(client_));
    add(co_await checkErrors(client_, access_));
    if (!mayUseUsers()) co_return;
    add(co_await checkJsonMetrics(client_));
    add(co_await checkPrometheusMetrics(client_));
  }

  net::Task<> checkUsers() {
    add(co_await checkCreate(client_, user_));
    if (!user_.id) co_return;
    add(co_await checkRead(client_, user_));
    add(co_await checkUpdate(client_, user_));
    const auto path = user_.path();
    add(co_await checkCache(client_, path));
  }

  net::Task<> checkLoad() {
    if (client_.stopped() || report_.checks.size() == 1) co_return;
    auto plan = request_.load;
    if (user_.id) plan.path = user_.path();
    const auto figures = co_await runLoad(request_.access, plan);
    if (client_.stopped()) co_return;
    report_.load = figures;
    add(judge(figures, plan, request_.thresholds));
  }

  bool mayUseUsers() const { return access_ == Access::Open || access_ == Access::Granted; }

  /// What was stopped in its middle says nothing.
  void add(Check check) {
    if (!client_.stopped()) report_.checks.push_back(std::move(check));
  }

  const ValidationRequest& request_;
  Report& report_;
  ServiceClient client_;
  ProbeUser user_;
  Access access_ = Access::Unknown;
};

std::string problemsOf(const Report& report) {
  std::string text;
  for (const auto& check : report.checks) {
    if (check.outcome != Check::Outcome::Failed) continue;
    if (!text.empty()) text += "; ";
    text += check.name + ": " + check.detail;
  }
  return text;
}

}  // namespace

Report validate(const ValidationRequest& request) {
  Report report{.target = request.access.place.url()};
  net::asio::io_context loop(1);
  // After the loop, so that its connections are gone before that is.
  Validation validation(request, report);
  std::exception_ptr thrown;
  net::asio::co_spawn(loop, validation.run(),
                      [&](const std::exception_ptr& error) { thrown = error; });
  loop.run();
  if (thrown) std::rethrow_exception(thrown);
  report.interrupted = request.access.stopped();
  return report;
}

Result<std::string> validateContainer(const std::string& baseUrl, const std::string& token,
                                      std::function<bool()> stopped) {
  auto place = placeOf(baseUrl);
  if (!place) return std::unexpected(place.error());
  ValidationRequest request{
      .access = {.place = std::move(*place),
                 .token = base::Secret(token),
                 .stopped = std::move(stopped)},
      .load = {.requests = 50, .clients = 4},
  };
  const auto report = validate(request);
  if (report.interrupted) return std::unexpected("interrupted");
  if (!report.passed()) return std::unexpected(problemsOf(report));
  return report.counts();
}

}  // namespace slipway::ops
