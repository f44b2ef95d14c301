#include "platform/schema.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/utf8.hpp"
#include "net/http.hpp"
#include "net/url.hpp"
#include "platform/schema_value.hpp"

namespace slipway::platform {
namespace {

using base::Json;

ValidationIssue missing(std::vector<Json> location, Json input) {
  return {"missing", std::move(location), "Field required", std::move(input), {}};
}

ValidationIssue placed(ValueError error, std::vector<Json> location, Json input) {
  return {std::move(error.type), std::move(location), std::move(error.message), std::move(input),
          std::move(error.context)};
}

ValidationIssue notAnObject(Json input) {
  return {"model_attributes_type",
          {"body"},
          "Input should be a valid dictionary or object to extract fields from",
          std::move(input),
          {}};
}

std::unexpected<std::vector<ValidationIssue>> single(ValidationIssue issue) {
  std::vector<ValidationIssue> issues;
  issues.push_back(std::move(issue));
  return std::unexpected(std::move(issues));
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

bool isJsonType(std::string_view contentType) {
  if (contentType.empty()) return true;
  const std::string_view type = trimmed(contentType.substr(0, contentType.find(';')));
  const std::size_t slash = type.find('/');
  if (slash == std::string_view::npos || type.find('/', slash + 1) != std::string_view::npos) {
    return false;
  }
  constexpr std::string_view kSuffix = "+json";
  const std::string_view subtype = type.substr(slash + 1);
  const bool suffixed =
      subtype.size() >= kSuffix.size() &&
      net::equalsIgnoreCase(subtype.substr(subtype.size() - kSuffix.size()), kSuffix);
  return net::equalsIgnoreCase(type.substr(0, slash), "application") &&
         (suffixed || net::equalsIgnoreCase(subtype, "json"));
}

ValidationIssue notJson(const base::JsonError& error) {
  using Kind = base::JsonError::Kind;
  if (error.kind == Kind::Encoding || error.kind == Kind::TooManyDigits) {
    return {std::string(kUnreadable), {"body"}, error.message, nullptr, {}};
  }
  return {"json_invalid",
          {"body", error.position},
          "JSON decode error",
          Json::object(),
          Json::object({{"error", error.message}})};
}

Checked checkObject(const Json& body, const Schema& schema) {
  FieldValues values;
  std::vector<ValidationIssue> issues;
  for (const Field& field : schema.fields) {
    const Json* const sent = body.find(field.name);
    if (sent == nullptr) {
      if (field.required) issues.push_back(missing({"body", field.name}, body));
      continue;
    }
    CheckedValue value = checkJsonValue(*sent, field);
    if (value) {
      values.add(std::move(*value));
    } else {
      issues.push_back(placed(std::move(value.error()), {"body", field.name}, *sent));
    }
  }
  if (!issues.empty()) return std::unexpected(std::move(issues));
  return values;
}

std::string formDecoded(std::string_view text) {
  std::string plain(text);
  std::ranges::replace(plain, '+', ' ');
  std::string bytes;
  net::percentDecode(plain, bytes);
  if (base::isUtf8OrSurrogates(bytes) && !base::hasSurrogate(bytes)) return bytes;
  return base::replaceInvalidUtf8(bytes);
}

using Sent = std::vector<std::optional<std::string>>;

/// The decoded text of each of `fields`, the last one of a repeated name.
Sent readQuery(std::string_view query, std::span<const Field* const> fields) {
  Sent sent(fields.size());
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view part = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (part.empty()) continue;
    const std::size_t mark = std::min(part.find('='), part.size());
    const std::string name = formDecoded(part.substr(0, mark));
    const auto field = std::ranges::find(fields, name, [](const Field* f) { return f->name; });
    if (field == fields.end()) continue;
    sent[static_cast<std::size_t>(field - fields.begin())] =
        formDecoded(part.substr(std::min(mark + 1, part.size())));
  }
  return sent;
}

}  // namespace

const FieldValue* FieldValues::find(const Field& field) const {
  const auto found = std::ranges::find(values_, field.name,
                                       [](const FieldValue& value) { return value.field->name; });
  return found == values_.end() ? nullptr : &*found;
}

Checked checkBody(std::string_view body, std::string_view contentType, const Schema& schema) {
  if (body.empty()) return single(missing({"body"}, nullptr));
  if (!isJsonType(contentType)) return single(notAnObject(base::replaceInvalidUtf8(body)));
  auto read = base::readJson(body);
  if (!read) return single(notJson(read.error()));
  if (read->isNull()) return single(missing({"body"}, nullptr));
  if (!read->isObject()) return single(notAnObject(std::move(*read)));
  return checkObject(*read, schema);
}

std::expected<FieldValue, ValidationIssue> checkPath(std::string_view text, const Field& field) {
  std::string input = base::replaceInvalidUtf8(text);
  CheckedValue value = checkTextValue(input, field);
  if (value) return std::move(*value);
  return std::unexpected(placed(std::move(value.error()), {"path", field.name}, std::move(input)));
}

Checked checkQuery(std::string_view query, std::span<const Field* const> fields) {
  Sent sent = readQuery(query, fields);
  FieldValues values;
  std::vector<ValidationIssue> issues;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const Field& field = *fields[i];
    if (!sent[i]) {
      if (field.required) issues.push_back(missing({"query", field.name}, nullptr));
      continue;
    }
    CheckedValue value = checkTextValue(*sent[i], field);
    if (value) {
      values.add(std::move(*value));
    } else {
      issues.push_back(
          placed(std::move(value.error()), {"query", field.name}, std::move(*sent[i])));
    }
  }
  if (!issues.empty()) return std::unexpected(std::move(issues));
  return values;
}

}  // namespace slipway::platform
