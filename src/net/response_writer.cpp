#include "net/response_writer.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <boost/beast/http/status.hpp>
#include <ctime>
#include <iterator>

namespace slipway::net {

namespace {

// RFC 9110 section 8.6: no Content-Length with these.
bool isBodyless(unsigned status) { return status == 204 || status == 304 || status < 200; }

}  // namespace

std::string_view reasonPhrase(unsigned status) {
  namespace http = boost::beast::http;
  const auto known = http::int_to_status(status);
  if (known == http::status::unknown) return {};
  const auto text = http::obsolete_reason(known);
  return {text.data(), text.size()};
}

std::string_view HttpDate::at(std::chrono::system_clock::time_point now) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch();
  if (second == second_) return text_;
  second_ = second;
  static constexpr std::string_view kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t time = second.count();
  std::tm utc{};
  gmtime_r(&time, &utc);
  text_.clear();
  fmt::format_to(std::back_inserter(text_), FMT_COMPILE("{}, {:02} {} {} {:02}:{:02}:{:02} GMT"),
                 kDays[utc.tm_wday], utc.tm_mday, kMonths[utc.tm_mon], utc.tm_year + 1900,
                 utc.tm_hour, utc.tm_min, utc.tm_sec);
  return text_;
}

bool appendHead(base::TextBuffer& out, const Response& response, Framing framing,
                std::string_view date) {
  if (response.status == 200) {
    out.append("HTTP/1.1 200 OK\r\nDate: ");
  } else {
    out.append("HTTP/1.1 ").appendNumber(response.status);
    out.append(" ").append(reasonPhrase(response.status)).append("\r\nDate: ");
  }
  out.append(date).append("\r\n");
  const bool bodyless = isBodyless(response.status);
  if (!bodyless) {
    if (!response.contentType.empty() && (response.bodyBytes() != 0 || framing.headersOnly)) {
      out.append("Content-Type: ").append(response.contentType).append("\r\n");
    }
    out.append("Content-Length: ").appendNumber(response.bodyBytes()).append("\r\n");
  }
  if (framing.close) {
    out.append("Connection: close\r\n");
  } else if (framing.version == 10) {
    out.append("Connection: keep-alive\r\n");
  }
  out.append(response.headerLines()).append("\r\n");
  return !bodyless && !framing.headersOnly && response.bodyBytes() != 0;
}

}  // namespace slipway::net
