// A bare Drogon server: GET /users/1 answers a fixed JSON body, any other request 404. One thread,
// no log. usage: bench_drogon <port> <body>

#include <drogon/drogon.h>

#include <cstdio>
#include <cstdlib>
#include <string>

int main(int count, char** arguments) {
  if (count != 3) {
    std::fprintf(stderr, "usage: bench_drogon <port> <body>\n");
    return 2;
  }
  using Answer = std::function<void(const drogon::HttpResponsePtr&)>;
  const auto answer = [](const std::string& body, drogon::HttpStatusCode status) {
    auto response = drogon::HttpResponse::newHttpResponse(status, drogon::CT_APPLICATION_JSON);
    response->setBody(body);
    return response;
  };
  const std::string body = arguments[2];
  auto& app = drogon::app();
  app.registerHandler(
      "/users/1",
      [&](const drogon::HttpRequestPtr&, Answer&& send) { send(answer(body, drogon::k200OK)); },
      {drogon::Get});
  app.setCustom404Page(answer(R"({"detail":"Not Found"})", drogon::k404NotFound), false);
  app.setLogLevel(trantor::Logger::kWarn);
  app.addListener("127.0.0.1",
                  static_cast<unsigned short>(std::strtoul(arguments[1], nullptr, 10)));
  app.setThreadNum(1).run();
}
