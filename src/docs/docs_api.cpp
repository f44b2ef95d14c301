#include "docs/docs_api.hpp"

#include <fmt/format.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "base/embedded_file.hpp"
#include "docs/embedded_assets.hpp"
#include "docs/embedded_pages.hpp"
#include "docs/openapi.hpp"
#include "docs/served_file.hpp"
#include "platform/errors.hpp"

namespace slipway::docs {

namespace {

using net::Response;
using net::Task;
using platform::Call;
using platform::Endpoint;
using platform::HeaderDoc;
using platform::ResponseDoc;

constexpr std::string_view kTag = "documentation";
constexpr std::string_view kImmutable = "public, max-age=31536000, immutable";
constexpr std::string_view kRevalidate = "no-cache";

// What both pages need: files of ours and this service. (Swagger UI's icons are data: URLs.)
constexpr std::string_view kPagePolicy =
    "default-src 'none'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'self'";
// ReDoc adds two kinds of style elements: an empty one, whose rules its script then sets, and one
// whose text changes with ReDoc's version only.
constexpr std::string_view kRedocStyles =
    " 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    " 'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='";

/// The name under which an asset is served: it changes with the content, so that it can be cached
/// for good.
std::string assetName(const base::EmbeddedFile& file) {
  return fmt::format("{}-{}", file.digest, file.name);
}

std::string_view contentTypeOf(std::string_view name) {
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  return "image/png";
}

/// Replaces each @file@ by the name that the file is served under.
std::string withAssetNames(std::string_view page) {
  std::string result(page);
  for (const auto& file : assets::kFiles) {
    const auto mark = fmt::format("@{}@", file.name);
    for (auto at = result.find(mark); at != std::string::npos; at = result.find(mark, at)) {
      result.replace(at, mark.size(), assetName(file));
    }
  }
  return result;
}

ServedFile madeAtStart(std::string text, std::string_view contentType) {
  auto tag = fmt::format("{:016x}", std::hash<std::string>{}(text));
  return {.contentType = contentType,
          .cacheControl = kRevalidate,
          .text = std::move(text),
          .tag = std::move(tag)};
}

ServedFile page(const base::EmbeddedFile& file, std::string_view moreStyles) {
  auto page = madeAtStart(withAssetNames(file.content), "text/html; charset=utf-8");
  page.policy = fmt::format("{}{}", kPagePolicy, moreStyles);
  return page;
}

Response serveAsset(const net::Request& request, std::string_view name) {
  for (const auto& file : assets::kFiles) {
    if (assetName(file) != name) continue;
    return serve(request, {.contentType = contentTypeOf(file.name),
                           .cacheControl = kImmutable,
                           .content = file.content,
                           .gzip = file.gzip,
                           .tag = std::string(file.digest)});
  }
  return platform::errorResponse(404, "Not Found");
}

Endpoint documentation(std::string_view path, std::string_view name, std::string_view summary,
                       ResponseDoc answer) {
  static const HeaderDoc kETag{"ETag", "Names this state of the document, for If-None-Match."};
  static const HeaderDoc kPolicy{"Content-Security-Policy", "What the page may load, and whence."};
  answer.description = "The document.";
  answer.headers = {kETag};
  if (answer.schema.empty()) answer.headers.push_back(kPolicy);
  ResponseDoc unchanged{.status = 304,
                        .description = "The document is still the one that If-None-Match names.",
                        .headers = answer.headers};
  return {.method = net::Method::Get,
          .path = path,
          .name = name,
          .summary = summary,
          .tag = kTag,
          .requestHeaders = {{"If-None-Match", "Answer 304 if the document is still this one."}},
          .responses = {std::move(answer), std::move(unchanged)}};
}

Endpoint openApi() {
  auto endpoint = documentation("/openapi.json", "openapi", "The API in OpenAPI 3.1",
                                {.schema = "OpenApiDocument"});
  endpoint.schemas = {
      {"OpenApiDocument", base::Json::object({{"title", "OpenApiDocument"}, {"type", "object"}})}};
  return endpoint;
}

}  // namespace

std::vector<Endpoint> documentedEndpoints() {
  const ResponseDoc html{.textTypes = {"text/html"}};
  return {openApi(),
          documentation("/docs", "swagger_ui", "The API in Swagger UI", html),
          documentation("/redoc", "redoc", "The API in ReDoc", html),
          {.method = net::Method::Get, .path = "/docs/assets/{name}", .inDocument = false}};
}

class Site {
 public:
  explicit Site(std::span<const Endpoint> all)
      : document(madeAtStart(openApiDocument(all).dump(), "application/json")),
        swaggerUi(page(pages::kDocsHtml, {})),
        redoc(page(pages::kRedocHtml, kRedocStyles)) {}

  const ServedFile document;
  const ServedFile swaggerUi;
  const ServedFile redoc;
};

std::shared_ptr<const Site> makeSite(std::span<const Endpoint> all) {
  return std::make_shared<const Site>(all);
}

std::vector<Endpoint> docsEndpoints(const std::shared_ptr<const Site>& site) {
  const auto handler = [&site](const ServedFile Site::* file) {
    return [site, file](Call& call) -> Task<Response> {
      co_return serve(call.request, (*site).*file);
    };
  };
  auto endpoints = documentedEndpoints();
  endpoints[0].handler = handler(&Site::document);
  endpoints[1].handler = handler(&Site::swaggerUi);
  endpoints[2].handler = handler(&Site::redoc);
  endpoints[3].handler = [](Call& call) -> Task<Response> {
    co_return serveAsset(call.request, call.pathValues[0]);
  };
  return endpoints;
}

}  // namespace slipway::docs
