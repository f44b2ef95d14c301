#include "ops/docker/engine_api.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>

#include "base/text.hpp"
#include "ops/docker/engine_json.hpp"
#include "ops/json_members.hpp"

namespace slipway::ops {

namespace {

using base::Json;

constexpr unsigned kNotModified = 304;
constexpr unsigned kNotFound = 404;
constexpr unsigned kConflict = 409;
constexpr std::string_view kOurApi = "1.41";

bool isGood(unsigned status) { return status >= 200 && status < 300; }

/// The minor number of "1.44"; major is 1 since there is an Engine.
int minorOf(std::string_view version) {
  int minor = 0;
  const auto dot = version.find('.');
  if (dot == std::string_view::npos) return minor;
  std::from_chars(version.data() + dot + 1, version.data() + version.size(), minor);
  return minor;
}

}  // namespace

std::string queryValue(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
        c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      out += fmt::format("%{:02X}", byte);
    }
  }
  return out;
}

Result<std::filesystem::path> engineSocket() {
  const char* const named = std::getenv("DOCKER_HOST");
  if (named == nullptr || *named == '\0') return "/var/run/docker.sock";
  constexpr std::string_view kScheme = "unix://";
  const std::string_view host(named);
  if (host.starts_with(kScheme)) return std::filesystem::path(host.substr(kScheme.size()));
  return std::unexpected(
      fmt::format("DOCKER_HOST is '{}': only unix:///path is supported; unset it, or run slipway "
                  "on that host",
                  base::printable(host)));
}

Result<HttpAnswer> EngineApi::ask(const Ask& ask) {
  HttpCall call{.method = ask.method,
                .socket = socket_,
                .target = ask.target,
                .timeout = ask.timeout,
                .maxBodyBytes = std::size_t{16} * 1024 * 1024};
  if (!ask.body.isNull()) {
    call.headers.emplace_back("Content-Type", "application/json");
    call.body = ask.body.dump();
  }
  auto answer = http_.send(call);
  if (!answer) {
    return std::unexpected(
        fmt::format("the Docker Engine at {} does not answer ({}): is it "
                    "running, and may you use it?",
                    socket_.string(), answer.error()));
  }
  return answer;
}

Result<std::string> EngineApi::prefix() {
  if (!prefix_.empty()) return prefix_;
  const auto answer = ask({.target = "/version"});
  if (!answer) return std::unexpected(answer.error());
  const auto version = base::readJson(answer->body).value_or(Json());
  const auto oldest = textIn(version, "MinAPIVersion");
  prefix_ = fmt::format("/v{}", minorOf(oldest) > minorOf(kOurApi) ? oldest : kOurApi);
  return prefix_;
}

Result<HttpAnswer> EngineApi::askWell(const Ask& wanted) {
  const auto versioned = prefix();
  if (!versioned) return std::unexpected(versioned.error());
  auto full = wanted;
  full.target = *versioned + wanted.target;
  auto answer = ask(full);
  if (!answer || isGood(answer->status) || answer->status == kNotFound ||
      answer->status == kConflict || answer->status == kNotModified) {
    return answer;
  }
  return std::unexpected(fmt::format("the Docker Engine says {} to {} {}: {}", answer->status,
                                     wanted.method, wanted.target,
                                     readEngineMessage(answer->body)));
}

Result<Json> EngineApi::askJson(const Ask& wanted) {
  const auto answer = askWell(wanted);
  if (!answer) return std::unexpected(answer.error());
  if (!isGood(answer->status)) return std::unexpected(readEngineMessage(answer->body));
  auto json = base::readJson(answer->body);
  if (json) return std::move(*json);
  return std::unexpected(fmt::format("the Docker Engine's answer to {} is no JSON: {}",
                                     wanted.target, json.error().message));
}

}  // namespace slipway::ops
