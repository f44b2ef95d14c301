#include "docs/common_answers.hpp"

#include <algorithm>
#include <string>

namespace slipway::docs {

namespace {

using base::Json;
using platform::Access;
using platform::Endpoint;
using platform::HeaderDoc;
using platform::ResponseDoc;

constexpr std::string_view kValidationExample =
    R"({"detail":[{"type":"missing","loc":["body","email"],"msg":"Field required",)"
    R"("input":{"username":"ann"}}]})";

const HeaderDoc kRetryAfter{"Retry-After", "Seconds to wait before another try."};
const HeaderDoc kChallenge{"WWW-Authenticate", "What kind of token is asked for (RFC 6750)."};

ResponseDoc error(unsigned status, std::string_view description, std::string_view example,
                  std::vector<HeaderDoc> headers = {}) {
  return {.status = status,
          .description = description,
          .schema = "Error",
          .example = example,
          .headers = std::move(headers)};
}

void addAccess(std::vector<ResponseDoc>& answers) {
  answers.push_back(error(401, "No token, or one that is not accepted.",
                          R"({"detail":"Not authenticated"})", {kChallenge}));
  answers.push_back(
      error(403, "The token lacks the scope.", R"({"detail":"Insufficient scope"})", {kChallenge}));
}

void addBody(std::vector<ResponseDoc>& answers) {
  answers.push_back(
      error(408, "The request took too long to arrive.", R"({"detail":"Request Timeout"})"));
  answers.push_back(error(413, "The body is larger than MAX_BODY_BYTES.",
                          R"({"detail":"Request Entity Too Large"})"));
  answers.push_back(
      error(415, "The body has a Content-Encoding.", R"({"detail":"Unsupported Media Type"})"));
}

bool takesKey(const Endpoint& endpoint) {
  return std::ranges::any_of(endpoint.requestHeaders, [](const HeaderDoc& header) {
    return header.name == "Idempotency-Key";
  });
}

ResponseDoc unprocessable(const Endpoint& endpoint) {
  ResponseDoc answer{.status = 422,
                     .description = "All that is wrong with the request, in field order.",
                     .schema = "HTTPValidationError",
                     .example = kValidationExample};
  if (takesKey(endpoint)) {
    answer.description =
        "All that is wrong with the request, in field order; or the Idempotency-Key was used for "
        "another request.";
    answer.schema = "UnprocessableWrite";
  }
  return answer;
}

Json schemaNamed(std::string_view name) {
  return Json::object({{"$ref", "#/components/schemas/" + std::string(name)}});
}

}  // namespace

std::vector<ResponseDoc> commonAnswers(const Endpoint& endpoint) {
  std::vector<ResponseDoc> answers;
  answers.push_back(error(400, "Not a well-formed HTTP request.", R"({"detail":"Bad Request"})"));
  if (endpoint.access != Access::Open) addAccess(answers);
  if (endpoint.body != nullptr) addBody(answers);
  answers.push_back(error(414, "The request target is longer than MAX_TARGET_BYTES.",
                          R"({"detail":"URI Too Long"})"));
  if (endpoint.body != nullptr || !endpoint.pathParameters.empty() ||
      !endpoint.queryParameters.empty()) {
    answers.push_back(unprocessable(endpoint));
  }
  answers.push_back(error(429, "Too many requests or connections from this address.",
                          R"({"detail":"Too many connections from this address"})", {kRetryAfter}));
  answers.push_back(error(431, "The header is larger than MAX_HEADER_BYTES.",
                          R"({"detail":"Request Header Fields Too Large"})"));
  answers.push_back(error(500, "A fault of the service; the log knows it by the request id.",
                          R"({"detail":"Internal Server Error"})"));
  answers.push_back(error(503, "The database is down, or the service has too much to do.",
                          R"({"detail":"Service Unavailable"})", {kRetryAfter}));
  return answers;
}

std::vector<platform::SchemaDoc> commonSchemas() {
  const auto text = Json::object({{"type", "string"}});
  const auto place =
      Json::object({{"anyOf", Json::array({text, Json::object({{"type", "integer"}})})}});
  const auto issue = Json::object(
      {{"title", "ValidationError"},
       {"type", "object"},
       {"required", Json::array({"loc", "msg", "type"})},
       {"properties", Json::object({{"type", text},
                                    {"loc", Json::object({{"type", "array"}, {"items", place}})},
                                    {"msg", text},
                                    {"input", Json::object()},
                                    {"ctx", Json::object({{"type", "object"}})}})}});
  const auto issues = Json::object({{"type", "array"}, {"items", schemaNamed("ValidationError")}});
  return {
      {"Error", Json::object({{"title", "Error"},
                              {"type", "object"},
                              {"required", Json::array({"detail"})},
                              {"properties", Json::object({{"detail", text}})}})},
      {"HTTPValidationError", Json::object({{"title", "HTTPValidationError"},
                                            {"type", "object"},
                                            {"properties", Json::object({{"detail", issues}})}})},
      {"ValidationError", issue},
      {"UnprocessableWrite",
       Json::object(
           {{"title", "UnprocessableWrite"},
            {"anyOf", Json::array({schemaNamed("HTTPValidationError"), schemaNamed("Error")})}})}};
}

}  // namespace slipway::docs
