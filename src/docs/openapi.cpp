#include "docs/openapi.hpp"

#include <map>
#include <stdexcept>
#include <string>

#include "base/version.hpp"
#include "docs/common_answers.hpp"

namespace slipway::docs {

namespace {

using base::Json;
using platform::Access;
using platform::Endpoint;
using platform::Field;
using platform::HeaderDoc;
using platform::ResponseDoc;

Json reference(std::string_view section, std::string_view name) {
  return Json::object({{"$ref", "#/components/" + std::string(section) + "/" + std::string(name)}});
}

Json exampleOf(std::string_view text) { return base::readJson(text).value_or(Json()); }

Json headerOf(const HeaderDoc& header) {
  return Json::object(
      {{"description", header.description}, {"schema", Json::object({{"type", "string"}})}});
}

Json schemaContent(const ResponseDoc& response) {
  auto schema = reference("schemas", response.schema);
  if (response.isArray) schema = Json::object({{"type", "array"}, {"items", std::move(schema)}});
  auto media = Json::object({{"schema", std::move(schema)}});
  if (!response.example.empty()) media.set("example", exampleOf(response.example));
  return media;
}

Json contentOf(const ResponseDoc& response) {
  auto content = Json::object();
  if (!response.schema.empty()) content.set(response.contentType, schemaContent(response));
  const auto text = Json::object({{"schema", Json::object({{"type", "string"}})}});
  for (const auto type : response.textTypes) content.set(type, text);
  return content;
}

Json responseOf(const ResponseDoc& response) {
  auto headers = Json::object({{"X-Request-ID", reference("headers", "X-Request-ID")}});
  for (const auto& header : response.headers) headers.set(header.name, headerOf(header));
  auto result =
      Json::object({{"description", response.description}, {"headers", std::move(headers)}});
  if (auto content = contentOf(response); !content.asObject().empty()) {
    result.set("content", std::move(content));
  }
  return result;
}

Json parameterOf(const Field& field, std::string_view place) {
  auto parameter = Json::object(
      {{"name", field.name}, {"in", place}, {"required", place == "path" || field.required}});
  if (!field.description.empty()) parameter.set("description", field.description);
  parameter.set("schema", platform::fieldSchema(field));
  return parameter;
}

Json parametersOf(const Endpoint& endpoint) {
  auto parameters = Json::array();
  for (const auto* field : endpoint.pathParameters) parameters.push(parameterOf(*field, "path"));
  for (const auto* field : endpoint.queryParameters) parameters.push(parameterOf(*field, "query"));
  for (const auto& header : endpoint.requestHeaders) {
    auto parameter = headerOf(header);
    parameters.push(Json::object({{"name", header.name},
                                  {"in", "header"},
                                  {"required", false},
                                  {"description", header.description},
                                  {"schema", *parameter.find("schema")}}));
  }
  return parameters;
}

/// What the endpoint declares and what any may answer, by status.
std::map<unsigned, ResponseDoc> answersOf(const Endpoint& endpoint) {
  std::map<unsigned, ResponseDoc> answers;
  for (const auto& response : endpoint.responses) answers.emplace(response.status, response);
  for (const auto& response : commonAnswers(endpoint)) answers.emplace(response.status, response);
  return answers;
}

Json responsesOf(const Endpoint& endpoint) {
  auto responses = Json::object();
  for (const auto& [status, response] : answersOf(endpoint)) {
    responses.set(std::to_string(status), responseOf(response));
  }
  return responses;
}

Json operationOf(const Endpoint& endpoint) {
  auto operation = Json::object({{"tags", Json::array({Json(endpoint.tag)})},
                                 {"summary", endpoint.summary},
                                 {"operationId", endpoint.name}});
  if (!endpoint.description.empty()) operation.set("description", endpoint.description);
  if (auto parameters = parametersOf(endpoint); !parameters.asArray().empty()) {
    operation.set("parameters", std::move(parameters));
  }
  if (endpoint.body != nullptr) {
    const auto media = Json::object({{"schema", reference("schemas", endpoint.body->name)}});
    operation.set("requestBody",
                  Json::object({{"required", true},
                                {"content", Json::object({{"application/json", media}})}}));
  }
  operation.set("responses", responsesOf(endpoint));
  if (endpoint.access != Access::Open) {
    const auto scopes = Json::array({Json(platform::scopeName(endpoint.access))});
    operation.set("security", Json::array({Json::object({{"bearer", scopes}})}));
  }
  return operation;
}

std::string_view methodKey(net::Method method) {
  switch (method) {
    case net::Method::Post:
      return "post";
    case net::Method::Put:
      return "put";
    case net::Method::Patch:
      return "patch";
    case net::Method::Delete:
      return "delete";
    default:
      return "get";
  }
}

Json pathsOf(std::span<const Endpoint> endpoints) {
  auto paths = Json::object();
  for (const auto& endpoint : endpoints) {
    if (!endpoint.inDocument) continue;
    const auto* known = paths.find(endpoint.path);
    auto path = known == nullptr ? Json::object() : *known;
    path.set(methodKey(endpoint.method), operationOf(endpoint));
    paths.set(endpoint.path, std::move(path));
  }
  return paths;
}

Json schemasOf(std::span<const Endpoint> endpoints) {
  auto schemas = Json::object();
  for (const auto& endpoint : endpoints) {
    if (endpoint.body != nullptr) {
      schemas.set(endpoint.body->name, platform::bodySchema(*endpoint.body));
    }
    for (const auto& each : endpoint.schemas) schemas.set(each.name, each.schema);
  }
  for (const auto& each : commonSchemas()) schemas.set(each.name, each.schema);
  for (const auto& endpoint : endpoints) {
    for (const auto& response : endpoint.responses) {
      if (!response.schema.empty() && schemas.find(response.schema) == nullptr) {
        throw std::logic_error("no endpoint declares the schema " + std::string(response.schema));
      }
    }
  }
  return schemas;
}

Json components(std::span<const Endpoint> endpoints) {
  const auto requestId = Json::object(
      {{"description", "The request's id: the client's own when it sent a usable one."},
       {"schema", Json::object({{"type", "string"}})}});
  const auto bearer = Json::object(
      {{"type", "http"},
       {"scheme", "bearer"},
       {"bearerFormat", "JWT"},
       {"description",
        "Needed when the service runs with AUTH=bearer. Scopes: `users:read`, `users:write`, "
        "`ops`. `slipwayd token --scope \"users:read users:write\"` makes one."}});
  return Json::object({{"schemas", schemasOf(endpoints)},
                       {"headers", Json::object({{"X-Request-ID", requestId}})},
                       {"securitySchemes", Json::object({{"bearer", bearer}})}});
}

}  // namespace

Json openApiDocument(std::span<const Endpoint> endpoints) {
  const auto tag = [](std::string_view name, std::string_view about) {
    return Json::object({{"name", name}, {"description", about}});
  };
  return Json::object(
      {{"openapi", "3.1.0"},
       {"info", Json::object({{"title", "Slipway Users API"},
                              {"description",
                               "Users, over HTTP and JSON. Every answer has an `X-Request-ID`; "
                               "every error is JSON with `detail`. `HEAD` works wherever `GET` "
                               "does."},
                              {"version", base::kVersion}})},
       {"servers", Json::array({Json::object({{"url", "/"}})})},
       {"tags", Json::array({tag("users", "Create, find, change and delete users."),
                             tag("operations", "For those who run the service."),
                             tag("documentation", "This document and its readers.")})},
       {"paths", pathsOf(endpoints)},
       {"components", components(endpoints)}});
}

}  // namespace slipway::docs
