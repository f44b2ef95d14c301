#include "ops/docker/socket_engine.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "ops/docker/engine_json.hpp"
#include "ops/json_members.hpp"

namespace slipway::ops {

namespace {

using base::Json;

constexpr unsigned kConflict = 409;

bool isGood(unsigned status) { return status >= 200 && status < 300; }

}  // namespace

Result<EngineFacts> SocketEngine::facts() {
  const auto info = api_.askJson({.target = "/info"});
  if (!info) return std::unexpected(info.error());
  return EngineFacts{textIn(*info, "ServerVersion"), textIn(*info, "DockerRootDir")};
}

Result<std::vector<Container>> SocketEngine::containers(const std::string& project) {
  const auto filters =
      Json::object({{"label", Json::array({"com.docker.compose.project=" + project})}});
  const auto listed =
      api_.askJson({.target = "/containers/json?all=1&filters=" + queryValue(filters.dump())});
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
  const auto answer = api_.askWell({.target = "/containers/" + id + "/json"});
  if (!answer) return std::unexpected(answer.error());
  if (!isGood(answer->status)) return std::nullopt;
  return readContainer(base::readJson(answer->body).value_or(Json()));
}

Result<std::string> SocketEngine::lastLogLines(const std::string& id, int count) {
  const auto answer = api_.askWell(
      {.target = fmt::format("/containers/{}/logs?stdout=1&stderr=1&tail={}", id, count)});
  if (!answer) return std::unexpected(answer.error());
  if (!isGood(answer->status)) return std::unexpected(readEngineMessage(answer->body));
  return readStreams(answer->body).both;
}

Result<> SocketEngine::remove(const std::string& id, std::chrono::seconds grace) {
  constexpr std::chrono::seconds kMargin{10};
  const auto stopped =
      api_.askWell({.method = "POST",
                    .target = fmt::format("/containers/{}/stop?t={}", id, grace.count()),
                    .timeout = grace + kMargin});
  if (!stopped) return std::unexpected(stopped.error());
  const auto removed = api_.askWell({.method = "DELETE",
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
  const auto created = api_.askJson(
      {.method = "POST",
       .target = "/containers/" + id + "/exec",
       .body = Json::object(
           {{"AttachStdout", true}, {"AttachStderr", true}, {"Cmd", std::move(command)}})});
  if (!created) return std::unexpected(created.error());
  const auto exec = "/exec/" + textIn(*created, "Id");
  const auto output = api_.askWell({.method = "POST",
                                    .target = exec + "/start",
                                    .body = Json::object({{"Detach", false}, {"Tty", false}}),
                                    .timeout = timeout});
  if (!output) return std::unexpected(output.error());
  if (!isGood(output->status)) return std::unexpected(readEngineMessage(output->body));
  const auto ended = api_.askJson({.target = exec + "/json"});
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
  const auto answer = api_.askWell({.target = "/images/" + reference + "/json"});
  if (!answer) return std::unexpected(answer.error());
  if (!isGood(answer->status)) return std::nullopt;
  return readImage(base::readJson(answer->body).value_or(Json()));
}

Result<> SocketEngine::tag(const std::string& id, const std::string& repository,
                           const std::string& tag) {
  const auto answer =
      api_.askWell({.method = "POST",
                    .target = fmt::format("/images/{}/tag?repo={}&tag={}", id,
                                          queryValue(repository), queryValue(tag))});
  if (!answer) return std::unexpected(answer.error());
  if (!isGood(answer->status)) return std::unexpected(readEngineMessage(answer->body));
  return {};
}

Result<bool> SocketEngine::removeImage(const std::string& reference) {
  constexpr std::chrono::seconds kLimit{60};
  const auto answer =
      api_.askWell({.method = "DELETE", .target = "/images/" + reference, .timeout = kLimit});
  if (!answer) return std::unexpected(answer.error());
  return answer->status != kConflict;
}

}  // namespace slipway::ops
