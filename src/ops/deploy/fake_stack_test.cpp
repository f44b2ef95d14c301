// The fake's own code; that it behaves like a stack is seen by what the tests of operations expect.
#include "ops/deploy/fake_stack.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace slipway::ops::testing {

namespace {

constexpr std::string_view kRepository = "slipway/slipwayd";
constexpr std::string_view kNetwork = "slipway-production_frontend";

std::string imageId(const std::string& version) {
  return fmt::format("sha256:{:0>12}{}", std::hash<std::string>{}(version) % 1000000, version);
}

std::string versionOf(const Container& container) {
  return container.imageName.substr(container.imageName.find(':') + 1);
}

}  // namespace

FakeStack::FakeStack() {
  EXPECT_TRUE(replaceFile(folder / "docker-compose.production.yml", "services: {}\n"));
  EXPECT_TRUE(replaceFile(envFile(), "# kept\nVERSION=latest\n"));
  engine.onExec = [this](const Container& container, const std::vector<std::string>& arguments) {
    return exec(container, arguments);
  };
  clock.onWait = [this](std::chrono::milliseconds time) { letTrafficPass(time); };
  others = {.backUp = [](const Stack&) -> Result<std::string> { return "backup-1"; },
            .finishRestore = [](const Stack&) -> Result<std::string> { return ""; },
            .validate = [](const std::string&, const std::string&) -> Result<std::string> {
              return "12 checks";
            }};
}

void FakeStack::serve(const std::string& version) {
  addImage(version);
  EXPECT_TRUE(replaceFile(
      envFile(), fmt::format("# kept\nVERSION={0}\nBLUE_VERSION={0}\nBLUE_REPLICAS=2\n", version)));
  EXPECT_TRUE(makeFolders(stack().hosts().parent_path()));
  EXPECT_TRUE(replaceFile(stack().hosts(), "api-blue\n"));
  proxyHosts = "api-blue";
  for (const auto* service : {"db", "cache", "proxy"}) start(service, "");
  bringUp("api-blue");
}

void FakeStack::addImage(const std::string& version, FakeVersion behaviour) {
  versions[version] = behaviour;
  engine.images[fmt::format("{}:{}", kRepository, version)] = {
      .id = imageId(version),
      .tags = {},
      .labels = {{"org.opencontainers.image.version", behaviour.program}}};
}

Variables FakeStack::variables() const {
  return [this](const std::string& name) -> std::optional<std::string> {
    const auto found = environment.find(name);
    if (found == environment.end()) return std::nullopt;
    return found->second;
  };
}

Outside FakeStack::outside() {
  return {.engine = engine,
          .compose = *this,
          .http = *this,
          .clock = clock,
          .reporter = reporter,
          .others = others,
          .variables = variables(),
          .who = "ana",
          .host = "host1",
          .pid = 12};
}

std::vector<std::string> FakeStack::running(Colour colour) const {
  std::vector<std::string> found;
  for (const auto& container : engine.all) {
    if (container.service == serviceOf(colour) && container.isRunning()) {
      found.push_back(versionOf(container));
    }
  }
  return found;
}

std::uint64_t FakeStack::answeredBy(const std::string& version) const {
  double sum = 0;
  for (const auto& container : engine.all) {
    const auto found = counters_.find(container.id);
    if (versionOf(container) == version && found != counters_.end()) sum += found->second.requests;
  }
  return static_cast<std::uint64_t>(sum);
}

void FakeStack::start(const std::string& service, const std::string& version) {
  const int number = ++started_;
  Container container{.id = fmt::format("id{}", number),
                      .name = fmt::format("slipway-production-{}-{}", service, number),
                      .service = service,
                      .image = imageId(version),
                      .imageName = fmt::format("{}:{}", kRepository, version),
                      .status = "running",
                      .health = Health::Healthy,
                      .startedAt = base::isoTime(clock.now()),
                      .addresses = {{std::string(kNetwork), fmt::format("10.0.0.{}", number)}}};
  const auto behaviour = versions.find(version);
  if (behaviour != versions.end() && behaviour->second.diesAtStart) {
    container.status = "restarting";
    container.exitCode = 69;
    container.restartCount = 2;
  }
  engine.all.push_back(std::move(container));
}

void FakeStack::bringUp(const std::string& service, bool keepsOld) {
  if (!service.starts_with("api-")) {
    const auto same = [&](const auto& each) { return each.service == service; };
    if (std::ranges::none_of(engine.all, same)) start(service, "");
    return;
  }
  const auto colour = *colourNamed(service.substr(4));
  const auto wanted = desired().of(colour);
  if (!keepsOld) {
    std::erase_if(engine.all, [&](const auto& each) {
      return each.service == service && versionOf(each) != wanted.version;
    });
  }
  auto count = static_cast<unsigned>(std::ranges::count(engine.all, service, &Container::service));
  for (; count < wanted.replicas; ++count) start(service, wanted.version);
}

Result<std::string> FakeStack::run(const ComposeCall& call) {
  const auto& words = call.arguments;
  commands.push_back(inWords(words));
  if (onCommand) onCommand(commands.back());
  if (const auto found = failing.find(words.front()); found != failing.end()) {
    return std::unexpected(found->second);
  }
  if (words.front() == "config") return R"({"name":"slipway-production"})";
  if (words.front() == "run") return migrated;
  for (const auto& word : words) {
    if (words.front() == "rm" && word.starts_with("api-")) {
      std::erase_if(engine.all, [&](const auto& each) { return each.service == word; });
    } else if (words.front() == "up" && word.front() != '-' && word != "up") {
      bringUp(word, std::ranges::find(words, "--no-recreate") != words.end());
    }
  }
  return "";
}

Result<> FakeStack::pull(const std::string& image) {
  return std::unexpected("no registry has " + image);
}

const Container* FakeStack::at(const std::string& address) const {
  for (const auto& container : engine.all) {
    if (addressIn(container, std::string(kNetwork)) == address) return &container;
  }
  return nullptr;
}

Result<HttpAnswer> FakeStack::send(const HttpCall& call) {
  const auto* container = at(call.host);
  if (container == nullptr || !container->isRunning()) {
    return std::unexpected("connect: Connection refused");
  }
  if (container->service == "proxy") {
    answer(1);
    return HttpAnswer{200, "{}"};
  }
  if (call.target == "/metrics") return HttpAnswer{200, metricsOf(*container)};
  return HttpAnswer{versions.at(versionOf(*container)).getsReady ? 200U : 503U, "{}"};
}

void FakeStack::letTrafficPass(std::chrono::milliseconds time) {
  answer(requestsPerSecond * static_cast<double>(time.count()) / 1000);
}

std::vector<std::string> FakeStack::serving() const {
  std::vector<std::string> ids;
  std::vector<std::string> standingBy;
  for (const auto line : base::splitList(proxyHosts, ',')) {
    const auto host = line.substr(0, line.find(' '));
    for (const auto& container : engine.all) {
      const bool named = container.service == host || container.name == host;
      const bool isReached = std::ranges::find(unreachable, container.id) == unreachable.end();
      if (!named || !container.isRunning() || !isReached) continue;
      (line.ends_with(" backup") ? standingBy : ids).push_back(container.id);
    }
  }
  return ids.empty() ? standingBy : ids;
}

void FakeStack::answer(double requests) {
  const auto ids = serving();
  for (const auto& container : engine.all) {
    if (std::ranges::find(ids, container.id) == ids.end()) continue;
    auto& counters = counters_[container.id];
    const double share = requests / static_cast<double>(ids.size());
    counters.requests += share;
    counters.errors += share * versions.at(versionOf(container)).errorShare;
  }
}

std::string FakeStack::metricsOf(const Container& container) const {
  const auto found = counters_.find(container.id);
  const auto counters = found == counters_.end() ? Counters{} : found->second;
  const auto all = std::floor(counters.requests);
  const auto errors = std::floor(counters.errors);
  auto page = fmt::format(
      "http_requests_total{{method=\"GET\",route=\"/users\",status=\"200\"}} {}\n"
      "http_requests_total{{method=\"GET\",route=\"/users\",status=\"500\"}} {}\n"
      "http_requests_total{{method=\"GET\",route=\"/health\",status=\"200\"}} 99\n",
      all - errors, errors);
  for (const double bound : {0.005, 0.01, 0.1, 0.25, 1.0}) {
    page += fmt::format("http_request_duration_seconds_bucket{{route=\"/users\",le=\"{}\"}} {}\n",
                        bound, versions.at(versionOf(container)).seconds <= bound ? all : 0);
  }
  return page +
         fmt::format("http_request_duration_seconds_bucket{{route=\"/users\",le=\"+Inf\"}} {}\n",
                     all);
}

Result<ExecResult> FakeStack::exec(const Container& container,
                                   const std::vector<std::string>& arguments) {
  const auto words = inWords(arguments);
  if (words == "switch-upstream") {
    if (!switchError.empty()) return ExecResult{1, "", switchError + "\n"};
    if (isProxyDeaf) return ExecResult{};
    proxyHosts = hosts();
    std::ranges::replace(proxyHosts, '\n', ',');
    proxyHosts.pop_back();
    return ExecResult{};
  }
  if (words.starts_with("slipwayd token")) return ExecResult{0, "a.token\n", ""};
  if (words.starts_with("slipwayd version")) {
    const auto& program = versions.at(versionOf(container)).program;
    return ExecResult{0, fmt::format(R"({{"name":"slipwayd","version":"{}"}})", program), ""};
  }
  if (words == "slipwayd migrate --plan --json") {
    return ExecResult{0, fmt::format(R"({{"oldest_service":"{}"}})", oldestService), ""};
  }
  return ExecResult{127, "", "not found"};
}

TEST(FakeStack, ServesWhatItIsToldTo) {
  FakeStack stack;
  stack.serve("1.0.0");
  EXPECT_EQ(stack.running(Colour::Blue), (std::vector<std::string>{"1.0.0", "1.0.0"}));
  stack.clock.wait(std::chrono::seconds(1));
  EXPECT_EQ(stack.answeredBy("1.0.0"), 100U);
}

}  // namespace slipway::ops::testing
