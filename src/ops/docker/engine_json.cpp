#include "ops/docker/engine_json.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace slipway::ops {

namespace {

using base::Json;

constexpr std::size_t kMessageBytes = 400;

/// Follows the keys; nullptr where the way ends.
const Json* at(const Json& from, std::initializer_list<std::string_view> keys) {
  const Json* json = &from;
  for (const auto key : keys) {
    json = json->find(key);
    if (json == nullptr) return nullptr;
  }
  return json;
}

std::string text(const Json& from, std::initializer_list<std::string_view> keys) {
  const auto* json = at(from, keys);
  return json != nullptr && json->isString() ? json->asString() : std::string();
}

int number(const Json& from, std::initializer_list<std::string_view> keys) {
  const auto* json = at(from, keys);
  return json != nullptr && json->fitsInt64() ? static_cast<int>(json->asInt64()) : 0;
}

bool flag(const Json& from, std::initializer_list<std::string_view> keys) {
  const auto* json = at(from, keys);
  return json != nullptr && json->isBoolean() && json->asBoolean();
}

Health healthNamed(std::string_view name) {
  if (name == "healthy") return Health::Healthy;
  if (name == "unhealthy") return Health::Unhealthy;
  return name == "starting" ? Health::Starting : Health::None;
}

std::map<std::string, std::string> texts(const Json* object) {
  std::map<std::string, std::string> found;
  if (object == nullptr || !object->isObject()) return found;
  for (const auto& [key, value] : object->asObject()) {
    if (value.isString()) found.emplace(key, value.asString());
  }
  return found;
}

}  // namespace

Container readContainer(const Json& inspected) {
  Container container{
      .id = text(inspected, {"Id"}),
      .name = text(inspected, {"Name"}),
      .service = text(inspected, {"Config", "Labels", "com.docker.compose.service"}),
      .isOneOff = base::toLowerAscii(
                      text(inspected, {"Config", "Labels", "com.docker.compose.oneoff"})) == "true",
      .image = text(inspected, {"Image"}),
      .imageName = text(inspected, {"Config", "Image"}),
      .status = text(inspected, {"State", "Status"}),
      .health = healthNamed(text(inspected, {"State", "Health", "Status"})),
      .exitCode = number(inspected, {"State", "ExitCode"}),
      .oomKilled = flag(inspected, {"State", "OOMKilled"}),
      .restartCount = number(inspected, {"RestartCount"}),
      .startedAt = text(inspected, {"State", "StartedAt"})};
  if (container.name.starts_with('/')) container.name.erase(0, 1);
  const auto* networks = at(inspected, {"NetworkSettings", "Networks"});
  if (networks == nullptr || !networks->isObject()) return container;
  for (const auto& [name, network] : networks->asObject()) {
    container.addresses.emplace(name, text(network, {"IPAddress"}));
  }
  return container;
}

Image readImage(const Json& inspected) {
  Image image{.id = text(inspected, {"Id"}),
              .tags = {},
              .labels = texts(at(inspected, {"Config", "Labels"}))};
  const auto* tags = inspected.find("RepoTags");
  if (tags == nullptr || !tags->isArray()) return image;
  for (const auto& tag : tags->asArray()) {
    if (tag.isString()) image.tags.push_back(tag.asString());
  }
  return image;
}

std::string readEngineMessage(std::string_view body) {
  const auto json = base::readJson(body);
  const auto message = json ? text(*json, {"message"}) : std::string();
  return base::printable(base::trim(message.empty() ? body : message), kMessageBytes);
}

FramedOutput readStreams(std::string_view framed) {
  constexpr std::size_t kHeaderBytes = 8;
  constexpr char kStderr = 2;
  FramedOutput streams;
  while (framed.size() > kHeaderBytes) {
    std::size_t size = 0;
    for (std::size_t i = 4; i < kHeaderBytes; ++i) {
      size = (size << 8U) | static_cast<unsigned char>(framed[i]);
    }
    const auto content = framed.substr(kHeaderBytes, size);
    (framed.front() == kStderr ? streams.err : streams.out).append(content);
    streams.both.append(content);
    framed.remove_prefix(kHeaderBytes + content.size());
  }
  return streams;
}

std::string addressIn(const Container& container, const std::string& network) {
  const auto found = container.addresses.find(network);
  return found == container.addresses.end() ? std::string() : found->second;
}

}  // namespace slipway::ops
