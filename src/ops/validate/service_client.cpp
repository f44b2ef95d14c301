#include "ops/validate/service_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "base/text.hpp"
#include "net/service_url.hpp"
#include "ops/json_members.hpp"

namespace slipway::ops {

namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, net::Executor>;

constexpr unsigned kTooManyRequests = 429;
constexpr int kMostRepeats = 20;

std::chrono::milliseconds retryAfter(const net::ClientResponse& response) {
  constexpr std::uint64_t kLongest = 5;
  const auto* const header = response.header("retry-after");
  const auto seconds = header != nullptr ? base::parseUnsigned(*header) : std::nullopt;
  return std::chrono::seconds(std::clamp<std::uint64_t>(seconds.value_or(1), 1, kLongest));
}

}  // namespace

std::string ServicePlace::url() const {
  const bool usual = port == (overTls ? 443 : 80);
  const bool isIpv6 = host.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}", overTls ? "https" : "http", isIpv6 ? "[" + host + "]" : host,
                     usual ? "" : fmt::format(":{}", port), prefix);
}

Result<ServicePlace> placeOf(std::string_view url) {
  const auto parsed = net::parseServiceUrl(url);
  const bool good = parsed && (parsed->scheme == "http" || parsed->scheme == "https") &&
                    !parsed->host.empty() && parsed->user.empty() && parsed->query.empty();
  if (!good) {
    return std::unexpected(fmt::format("'{}' is no URL such as https://users.example.com",
                                       base::printable(net::maskUrl(url))));
  }
  ServicePlace place{
      .overTls = parsed->scheme == "https", .host = parsed->host, .prefix = parsed->path};
  place.port = parsed->port.value_or(place.overTls ? 443 : 80);
  while (place.prefix.ends_with('/')) place.prefix.pop_back();
  return place;
}

net::ClientRequest ServiceClient::requestOf(const Question& question) const {
  net::ClientRequest request{.method = question.method,
                             .host = access_.place.host,
                             .port = access_.place.port,
                             .target = access_.place.prefix + question.path,
                             .headers = question.headers,
                             .contentType = question.body.empty() ? "" : "application/json",
                             .body = question.body,
                             .timeout = access_.timeout,
                             .security = access_.place.security};
  if (question.withToken && hasToken()) {
    request.headers.push_back(
        {"Authorization", std::string("Bearer ").append(access_.token.reveal())});
  }
  return request;
}

net::Task<net::Fetched> ServiceClient::askPatiently(Question question, bool evenStopped) {
  for (int repeat = 0;; ++repeat) {
    if (!evenStopped && stopped()) co_return std::unexpected("stopped");
    auto request = requestOf(question);
    const auto started = Clock::now();
    auto answer = co_await connection_.request(std::move(request));
    took_ = Clock::now() - started;
    const bool limited = answer && answer->status == kTooManyRequests;
    if (!limited) co_return answer;
    ++limited_;
    if (repeat == kMostRepeats) co_return answer;
    const auto pause = retryAfter(*answer);
    std::function<bool()> enough = [] { return false; };
    if (!evenStopped) enough = access_.stopped;
    co_await waitUnlessStopped(pause, std::move(enough));
  }
}

net::Task<net::Fetched> ServiceClient::ask(Question question) {
  return askPatiently(std::move(question), false);
}

net::Task<net::Fetched> ServiceClient::askAnyway(Question question) {
  return askPatiently(std::move(question), true);
}

net::Task<> waitUnlessStopped(std::chrono::milliseconds time, std::function<bool()> stopped) {
  constexpr std::chrono::milliseconds kStep{50};
  const auto executor = co_await asio::this_coro::executor;
  const auto end = Clock::now() + time;
  while (Clock::now() < end) {
    const bool isStopped = stopped();
    if (isStopped) co_return;
    Timer timer(executor, std::min(end, Clock::now() + kStep));
    co_await timer.async_wait(net::useTask);
  }
}

base::Json jsonOf(const net::ClientResponse& response) {
  auto json = base::readJson(response.body);
  return json ? std::move(*json) : base::Json();
}

std::string detailOf(const net::ClientResponse& response) {
  const auto detail = textIn(jsonOf(response), "detail");
  return base::printable(detail.empty() ? response.body : detail, 120);
}

}  // namespace slipway::ops
