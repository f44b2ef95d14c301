// What schema.hpp's declarations look like as JSON: the 422 answer and the OpenAPI schemas.
#include <algorithm>
#include <cassert>

#include "platform/schema.hpp"
#include "platform/schema_value.hpp"

namespace slipway::platform {
namespace {

using base::Json;

bool isUnreadable(const ValidationIssue& issue) { return issue.type == kUnreadable; }

void appendIssue(std::string& out, const ValidationIssue& issue) {
  out += "{\"type\":";
  base::appendJsonString(out, issue.type);
  out += ",\"loc\":";
  Json(issue.location).dumpTo(out);
  out += ",\"msg\":";
  base::appendJsonString(out, issue.message);
  out += ",\"input\":";
  issue.input.dumpTo(out);
  if (!issue.context.isNull()) {
    out += ",\"ctx\":";
    issue.context.dumpTo(out);
  }
  out.push_back('}');
}

/// "user_id" -> "User Id", as pydantic titles fields.
std::string titleOf(std::string_view name) {
  std::string title(name);
  bool start = true;
  for (char& c : title) {
    if (c == '_') c = ' ';
    if (start && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    start = c == ' ';
  }
  return title;
}

/// Declarations hold JSON as text; what does not read as such is a bug in one.
Json declared(std::string_view text) {
  auto value = base::readJson(text);
  assert(value.has_value());
  return value ? std::move(*value) : Json(text);
}

std::string_view typeName(FieldType type) {
  switch (type) {
    case FieldType::Text:
    case FieldType::Email:
      return "string";
    case FieldType::Boolean:
      return "boolean";
    case FieldType::Integer:
      break;
  }
  return "integer";
}

void setLimits(Json& schema, const Field& field) {
  if (field.maximum) schema.set("maximum", *field.maximum);
  if (field.minimum) schema.set("minimum", *field.minimum);
  if (field.maxLength) schema.set("maxLength", *field.maxLength);
  if (field.minLength) schema.set("minLength", *field.minLength);
  if (!field.pattern.empty()) schema.set("pattern", field.pattern);
  if (field.type == FieldType::Email) schema.set("format", "email");
}

}  // namespace

unsigned validationStatus(std::span<const ValidationIssue> issues) {
  return std::ranges::any_of(issues, isUnreadable) ? 400 : 422;
}

std::string validationBody(std::span<const ValidationIssue> issues) {
  if (validationStatus(issues) == 400) {
    return R"({"detail":"There was an error parsing the body"})";
  }
  const auto malformed = std::ranges::find(issues, "json_invalid", &ValidationIssue::type);
  if (malformed != issues.end()) issues = {malformed, 1};
  std::string out = "{\"detail\":[";
  for (const ValidationIssue& issue : issues) {
    if (&issue != issues.data()) out.push_back(',');
    appendIssue(out, issue);
  }
  out += "]}";
  return out;
}

Json fieldSchema(const Field& field) {
  Json schema = Json::object({{"type", typeName(field.type)}});
  setLimits(schema, field);
  schema.set("title", titleOf(field.name));
  if (!field.description.empty()) schema.set("description", field.description);
  if (!field.defaultValue.empty()) schema.set("default", declared(field.defaultValue));
  if (!field.example.empty()) schema.set("examples", Json::array({declared(field.example)}));
  return schema;
}

Json bodySchema(const Schema& schema) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const Field& field : schema.fields) {
    properties.set(field.name, fieldSchema(field));
    if (field.required) required.push(field.name);
  }
  Json result = Json::object({{"properties", std::move(properties)}, {"type", "object"}});
  if (!required.asArray().empty()) result.set("required", std::move(required));
  result.set("title", schema.name);
  if (!schema.description.empty()) result.set("description", schema.description);
  return result;
}

}  // namespace slipway::platform
