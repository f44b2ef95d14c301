#include "docs/docs_api.hpp"

#include <fmt/format.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "base/embedded_file.hpp"
#include "docs/embedded_assets.hpp"
#include "docs/embedded_pages.hpp"
#include "docs/openapi.hpp"
#include "platform/errors.hpp"

namespace slipway::docs {

namespace {

using net::Response;
using net::Task;
using platform::Call;
using platform::Endpoint;

constexpr std::string_view kTag = "documentation";
constexpr std::string_view kImmutable = "public, max-age=31536000, immutable";
// Swagger UI and ReDoc set styles from their scripts; everything else comes from files of ours.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

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

bool acceptsGzip(const net::Request& request) {
  const auto accepted = request.header("accept-encoding");
  return accepted.find("gzip") != std::string_view::npos &&
         accepted.find("gzip;q=0") == std::string_view::npos;
}

/// A text made at start-up, with the tag that names it.
struct Document {
  std::string content;
  std::string_view contentType;
  std::string entityTag;
  bool isPage = false;
};

std::string tagOf(std::string_view content) {
  return fmt::format("\"{:016x}\"", std::hash<std::string_view>{}(content));
}

Document page(std::string_view html) {
  auto content = withAssetNames(html);
  auto tag = tagOf(content);
  return {std::move(content), "text/html; charset=utf-8", std::move(tag), true};
}

Response serveDocument(const net::Request& request, const Document& document) {
  const bool unchanged = request.header("if-none-match") == document.entityTag;
  Response response(unchanged ? 304 : 200);
  if (!unchanged) response.body = document.content;
  response.contentType = document.contentType;
  response.addHeader("ETag", document.entityTag);
  response.addHeader("Cache-Control", "no-cache");
  if (document.isPage) response.addHeader("Content-Security-Policy", kContentSecurityPolicy);
  return response;
}

Response serveAsset(const net::Request& request, std::string_view name) {
  for (const auto& file : assets::kFiles) {
    if (assetName(file) != name) continue;
    Response response;
    response.contentType = contentTypeOf(file.name);
    response.staticBody = file.content;
    if (!file.gzip.empty() && acceptsGzip(request)) {
      response.staticBody = file.gzip;
      response.addHeader("Content-Encoding", "gzip");
    }
    response.addHeader("Vary", "Accept-Encoding");
    response.addHeader("Cache-Control", kImmutable);
    return response;
  }
  return platform::errorResponse(404, "Not Found");
}

Endpoint documentEndpoint(std::string_view path, std::string_view name, std::string_view summary,
                          std::string_view contentType) {
  return {.method = net::Method::Get,
          .path = path,
          .name = name,
          .summary = summary,
          .tag = kTag,
          .responses = {{.description = "The document.",
                         .schema = "Document",
                         .contentType = contentType}},
          .schemas = {{"Document", base::Json::object({{"description", "As its type says."}})}}};
}

platform::Handler handlerOf(std::shared_ptr<const Document> document) {
  return [document](Call& call) -> Task<Response> {
    co_return serveDocument(call.request, *document);
  };
}

}  // namespace

std::vector<Endpoint> documentedEndpoints() {
  return {documentEndpoint("/openapi.json", "openapi", "The API in OpenAPI 3.1", "application/json"),
          documentEndpoint("/docs", "swagger_ui", "The API in Swagger UI", "text/html"),
          documentEndpoint("/redoc", "redoc", "The API in ReDoc", "text/html"),
          {.method = net::Method::Get, .path = "/docs/assets/{name}", .inDocument = false}};
}

std::vector<Endpoint> docsEndpoints(const std::vector<Endpoint>& others) {
  auto own = documentedEndpoints();
  std::vector<Endpoint> all = others;
  all.insert(all.end(), own.begin(), own.end());
  auto content = openApiDocument(all).dump();
  auto tag = tagOf(content);
  own[0].handler = handlerOf(std::make_shared<const Document>(
      Document{std::move(content), "application/json", std::move(tag)}));
  own[1].handler = handlerOf(std::make_shared<const Document>(page(pages::kDocsHtml.content)));
  own[2].handler = handlerOf(std::make_shared<const Document>(page(pages::kRedocHtml.content)));
  own[3].handler = [](Call& call) -> Task<Response> {
    co_return serveAsset(call.request, call.pathValues[0]);
  };
  return own;
}

}  // namespace slipway::docs
