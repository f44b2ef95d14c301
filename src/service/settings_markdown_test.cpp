#include "service/settings_markdown.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace slipway::service {
namespace {

TEST(SettingsMarkdown, IsTheDocumentedPage) {
  std::ifstream file(SLIPWAY_SOURCE_DIR "/docs/configuration.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(page, settingsMarkdown())
      << "bring it up to date: slipwayd config --markdown > docs/configuration.md";
}

}  // namespace
}  // namespace slipway::service
