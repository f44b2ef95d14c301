// An Engine that is only a list, for tests: they put in what they want to be found, and may make
// every call fail.
#pragma once

#include <algorithm>
#include <functional>
#include <map>

#include "ops/docker/engine.hpp"

namespace slipway::ops::testing {

class FakeEngine final : public Engine {
 public:
  std::vector<Container> all;
  std::map<std::string, Image> images;  // by tag
  std::string trouble;                  // not empty: every call fails with it
  std::vector<std::string> removedImages;
  std::string logs = "first line\nlast line\n";
  std::function<Result<ExecResult>(const Container&, const std::vector<std::string>&)> onExec;

  Result<EngineFacts> facts() override { return answer(EngineFacts{"20.10", "/"}); }
  Result<std::vector<Container>> containers(const std::string& /*project*/) override {
    return answer(all);
  }
  Result<std::optional<Container>> container(const std::string& id) override {
    const auto found = std::ranges::find(all, id, &Container::id);
    return answer(found == all.end() ? std::optional<Container>() : *found);
  }
  Result<std::string> lastLogLines(const std::string& /*id*/, int /*count*/) override {
    return answer(logs);
  }
  Result<> remove(const std::string& id, std::chrono::seconds /*grace*/) override {
    if (!trouble.empty()) return std::unexpected(trouble);
    std::erase_if(all, [&](const auto& each) { return each.id == id; });
    return {};
  }
  Result<ExecResult> exec(const std::string& id, const std::vector<std::string>& arguments,
                          std::chrono::milliseconds /*timeout*/) override {
    const auto found = std::ranges::find(all, id, &Container::id);
    if (!trouble.empty()) return std::unexpected(trouble);
    if (found == all.end()) return std::unexpected("no such container: " + id);
    return onExec(*found, arguments);
  }
  Result<std::optional<Image>> image(const std::string& reference) override {
    const auto found = images.find(reference);
    return answer(found == images.end() ? std::optional<Image>() : found->second);
  }
  Result<> tag(const std::string& id, const std::string& repository,
               const std::string& tag) override {
    if (!trouble.empty()) return std::unexpected(trouble);
    for (const auto& [name, image] : images) {
      if (image.id != id) continue;
      images[repository + ":" + tag] = image;
      return {};
    }
    return std::unexpected("no such image: " + id);
  }
  Result<bool> removeImage(const std::string& reference) override {
    if (!trouble.empty()) return std::unexpected(trouble);
    removedImages.push_back(reference);
    images.erase(reference);
    return true;
  }

 private:
  template <typename T>
  Result<T> answer(T value) const {
    if (!trouble.empty()) return std::unexpected(trouble);
    return value;
  }
};

}  // namespace slipway::ops::testing
