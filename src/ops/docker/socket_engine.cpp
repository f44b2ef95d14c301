#include "ops/docker/socket_engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "base/text.hpp"
#include "net/url.hpp"
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

/// A query parameter's value: all but what is unreserved is escaped.
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

}  // namespace

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

Result<HttpAnswer> SocketEngine::ask(const Ask& ask) {
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

Result<std::string> SocketEngine::prefix() {
  if (!prefix_.empty()) return prefix_;
  const auto answer = ask({.target = "/version"});
  if (!answer) return std::unexpected(answer.error());
  const auto version = base::readJson(answer->body).value_or(Json());
  const auto oldest = textIn(version, "MinAPIVersion");
  prefix_ = fmt::format("/v{}", minorOf(oldest) > minorOf(kOurApi) ? oldest : kOurApi);
  return prefix_;
}

Result<HttpAnswer> SocketEngine::askWell(const Ask& wanted) {
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

Result<Json> SocketEngine::askJson(const Ask& wanted) {
  const auto answer = askWell(wanted);
  if (!answer) return std::unexpected(answer.error());
  if (!isGood(answer->status)) return std::unexpected(readEngineMessage(answer->body));
  auto json = base::readJson(answer->body);
  if (json) return std::move(*json);
  return std::unexpected(fmt::format("the Docker Engine's answer to {} is no JSON: {}",
                                     wanted.target, json.error().message));
}

Result<EngineFacts> SocketEngine::facts() {
  const auto info = askJson({.target = "/info"});
  if (!info) return std::unexpected(info.error());
  return EngineFacts{textIn(*info, "ServerVersion"), textIn(*info, "DockerRootDir")};
}

Result<std::vector<Container>> SocketEngine::containers(const std::string& project) {
  const auto filters =
      Json::object({{"label", Json::array({"com.docker.compose.project=" + project})}});
  const auto listed =
      askJson({.target = "/containers/json?all=1&filters=" + queryValue(filters.dump())});
  if (!listed) return std::unexpected(listed.error());
  std::vector<Container> found;
  if (!listed->isArray()) return found;
  for (const auto& entry : listed->asArray()) {
    auto one = container(textIn(entry, "Id"));
    if (!one) return std::unexpected(one.error());
    if (*one) found.push_back(std::move(**one));  // gone in between otherwise
  }
  std::ranges::sort(found, {}, &Container::name);
  return found;
}

Result<std::optional<Container>> SocketEngine::container(const std::string& id) {
  const auto answer = askWell({.target = "/containers/" + id + "/json"});
  if (!answer) return std::unexpected(answer.error());
  if (!isGood(answer->status)) return std::nullopt;
  return readContainer(base::readJson(answer->body).value_or(Json()));
}

Result<std::string> SocketEngine::lastLogLines(const std::string& id, int count) {
  const auto answer =
      askWell({.target = fmt::format("/containers/{}/logs?stdout=1&stderr=1&tail={}", id, count)});
  if (!answer) return std::unexpected(answer.error());
  if (!isGood(answer->status)) return std::unexpected(readEngineMessage(answer->body));
  return readStreams(answer->body).both;
}

Result<> SocketEngine::remove(const std::string& id, std::chrono::seconds grace) {
  constexpr std::chrono::seconds kMargin{10};
  const auto stopped =
      askWell({.method = "POST",
               .target = fmt::format("/containers/{}/stop?t={}", id, grace.count()),
               .timeout = grace + kMargin});
  if (!stopped) return std::unexpected(stopped.error());
  const auto removed = askWell({.method = "DELETE",
                                .target = fmt::format("/containers/{}?force=1&v=1", id),
                                .timeout = kMargin * 3});
  if (!removed) return std::unexpected(removed.error());
  return {};
}

Result<ExecResult> SocketEngine::exec(const std::string& id,
                                      const std::vector<std::string>& arguments,
                                      std::chrono::milliseconds timeout) {
  auto command = Json::array();
  for (const auto& argument : arguments) command.push(argument);
  const auto created =
      askJson({.method = "POST",
               .target = "/containers/" + id + "/exec",
               .body = Json::object(
                   {{"AttachStdout", true}, {"AttachStderr", true}, {"Cmd", std::move(command)}})});
  if (!created) return std::unexpected(created.error());
  const auto exec = "/exec/" + textIn(*created, "Id");
  const auto output = askWell({.method = "POST",
                               .target = exec + "/start",
                               .body = Json::object({{"Detach", false}, {"Tty", false}}),
                               .timeout = timeout});
  if (!output) return std::unexpected(output.error());
  if (!isGood(output->status)) return std::unexpected(readEngineMessage(output->body));
  const auto ended = askJson({.target = exec + "/json"});
  if (!ended) return std::unexpected(ended.error());
  auto streams = readStreams(output->body);
  const auto* code = ended->find("ExitCode");
  if (code == nullptr || !code->fitsInt64()) {
    return std::unexpected(fmt::format("{} in {} did not end", arguments.front(), id));
  }
  return ExecResult{static_cast<int>(code->asInt64()), std::move(streams.out),
                    std::move(streams.err)};
}

Result<std::optional<Image>> SocketEngine::image(const std::string& reference) {
  const auto answer = askWell({.target = "/images/" + reference + "/json"});
  if (!answer) return std::unexpected(answer.error());
  if (!isGood(answer->status)) return std::nullopt;
  return readImage(base::readJson(answer->body).value_or(Json()));
}

Result<> SocketEngine::tag(const std::string& id, const std::string& repository,
                           const std::string& tag) {
  const auto answer = askWell({.method = "POST",
                               .target = fmt::format("/images/{}/tag?repo={}&tag={}", id,
                                                     queryValue(repository), queryValue(tag))});
  if (!answer) return std::unexpected(answer.error());
  if (!isGood(answer->status)) return std::unexpected(readEngineMessage(answer->body));
  return {};
}

Result<bool> SocketEngine::removeImage(const std::string& reference) {
  constexpr std::chrono::seconds kLimit{60};
  const auto answer =
      askWell({.method = "DELETE", .target = "/images/" + reference, .timeout = kLimit});
  if (!answer) return std::unexpected(answer.error());
  return answer->status != kConflict;
}

}  // namespace slipway::ops
