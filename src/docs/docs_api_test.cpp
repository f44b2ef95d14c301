#include "docs/docs_api.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "platform/test_support.hpp"

namespace slipway::docs {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class DocsApi : public ::testing::Test {
 protected:
  net::Response get(std::string_view path, std::string_view pathValue = {}) {
    net::Request request;
    request.headers = {{"Accept-Encoding", "gzip"}};
    platform::Call call{
        .request = request, .pathValues = {pathValue}, .requestId = {}, .subject = {}};
    for (const auto& endpoint : endpoints_) {
      if (endpoint.path == path) return slipway::testing::run(loop_, endpoint.handler(call));
    }
    throw std::logic_error("no such endpoint");
  }

  /// The assets that a page names.
  std::vector<std::string> assetsOf(std::string_view path) {
    const std::string page(get(path).bodyView());
    const std::string prefix = "\"docs/assets/";
    std::vector<std::string> names;
    for (auto at = page.find(prefix); at != std::string::npos; at = page.find(prefix, at)) {
      at += prefix.size();
      names.push_back(page.substr(at, page.find('"', at) - at));
    }
    return names;
  }

  net::asio::io_context loop_{1};
  static std::vector<platform::Endpoint> withOther() {
    auto all = documentedEndpoints();
    all.push_back({.path = "/other"});
    return all;
  }

  const std::vector<platform::Endpoint> endpoints_ = docsEndpoints(makeSite(withOther()));
};

TEST_F(DocsApi, DescribesOthersAndItself) {
  const auto answer = get("/openapi.json");
  EXPECT_EQ(answer.contentType, "application/json");
  EXPECT_THAT(answer.headerLines(), HasSubstr("Cache-Control: no-cache\r\n"));
  const auto document = base::readJson(answer.bodyView());
  ASSERT_TRUE(document);
  const auto* paths = document->find("paths");
  ASSERT_NE(paths, nullptr);
  for (const auto* path : {"/other", "/openapi.json", "/docs", "/redoc"}) {
    EXPECT_NE(paths->find(path), nullptr) << path;
  }
  EXPECT_EQ(paths->asObject().size(), 4U);
}

TEST_F(DocsApi, PagesAllowNothingInline) {
  for (const auto* path : {"/docs", "/redoc"}) {
    const auto page = get(path);
    EXPECT_EQ(page.contentType, "text/html; charset=utf-8");
    EXPECT_THAT(page.headerLines(), HasSubstr("Content-Security-Policy: default-src 'none'; "));
    EXPECT_THAT(page.headerLines(), Not(HasSubstr("unsafe")));
    EXPECT_THAT(std::string(page.bodyView()), Not(HasSubstr("://")));
  }
}

TEST_F(DocsApi, PagesNameAssetsThatMayBeKeptForGood) {
  for (const auto* path : {"/docs", "/redoc"}) {
    const auto names = assetsOf(path);
    EXPECT_EQ(names.size(), 4U);
    for (const auto& name : names) {
      const auto asset = get("/docs/assets/{name}", name);
      EXPECT_EQ(asset.status, 200U) << name;
      EXPECT_THAT(asset.headerLines(), HasSubstr("max-age=31536000, immutable")) << name;
      EXPECT_THAT(std::string(asset.bodyView().substr(0, 2)), "\x1f\x8b") << name;
    }
  }
}

TEST_F(DocsApi, KnowsNoOtherAsset) {
  for (const auto* name : {"redoc.css", "0123456789abcdef-redoc.css", ""}) {
    EXPECT_EQ(get("/docs/assets/{name}", name).status, 404U) << name;
  }
}

}  // namespace
}  // namespace slipway::docs
