// How the tests' Redis is started and stopped.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <stdexcept>
#include <thread>

#include "platform/redis/redis_server_test_support.hpp"

namespace slipway::testing {

namespace {

constexpr int kAttempts = 5;  // somebody else may take the port first

std::string textOf(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_NIL:
      return "(nil)";
    case REDIS_REPLY_INTEGER:
      return std::to_string(reply.integer);
    case REDIS_REPLY_ERROR:
      return "(error) " + std::string(reply.str, static_cast<std::size_t>(reply.len));
    case REDIS_REPLY_ARRAY: {
      std::string all;
      for (std::size_t i = 0; i < reply.elements; ++i) {
        all.append(i > 0 ? " " : "").append(textOf(*reply.element[i]));
      }
      return all;
    }
    default:
      return {reply.str, static_cast<std::size_t>(reply.len)};
  }
}

std::uint16_t freePort() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  const bool good =
      ::bind(listener, generic, size) == 0 && ::getsockname(listener, generic, &size) == 0;
  ::close(listener);
  if (!good) throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

}  // namespace

RedisServer::RedisServer(std::vector<std::string> arguments) : arguments_(std::move(arguments)) {
  for (int attempt = 0; attempt < kAttempts && pid_ == 0; ++attempt) {
    port_ = freePort();
    start();
  }
  if (pid_ == 0) throw std::runtime_error("redis-server does not start");
}

void RedisServer::start() {
  std::vector<std::string> words{"redis-server",
                                 "--port",
                                 std::to_string(port_),
                                 "--bind",
                                 "127.0.0.1",
                                 "--save",
                                 "",
                                 "--appendonly",
                                 "no",
                                 "--dir",
                                 file(""),
                                 "--loglevel",
                                 "warning"};
  words.insert(words.end(), arguments_.begin(), arguments_.end());
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  const int failed = posix_spawnp(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("redis-server is not installed");
  waitUntilItAnswers();
}

void RedisServer::waitUntilItAnswers() {
  const auto mine = "process_id:" + std::to_string(pid_) + "\r\n";
  for (int i = 0; i < 1000; ++i) {
    const auto answer = (*this)({"INFO", "server"});
    // Its own answer, or the refusal of one that asks for a password.
    if (answer.find(mine) != std::string::npos || answer.starts_with("(error)")) return;
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = 0;
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  kill();
}

void RedisServer::kill() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

void RedisServer::freeze() { ::kill(pid_, SIGSTOP); }

void RedisServer::thaw() { ::kill(pid_, SIGCONT); }

std::string RedisServer::operator()(std::vector<std::string> words) {
  const std::unique_ptr<redisContext, decltype(&redisFree)> context(
      redisConnect("127.0.0.1", port_), &redisFree);
  if (!context || context->err != 0) return "(unreachable)";
  if (!password_.empty()) {
    freeReplyObject(redisCommand(context.get(), "AUTH %s", password_.c_str()));
  }
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const auto& word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  const std::unique_ptr<void, decltype(&freeReplyObject)> reply(
      redisCommandArgv(context.get(), static_cast<int>(words.size()), texts.data(), sizes.data()),
      &freeReplyObject);
  return reply ? textOf(*static_cast<const redisReply*>(reply.get())) : "(unreachable)";
}

TEST(RedisServer, StartsStopsAndStartsAgainOnItsPort) {
  RedisServer server;
  EXPECT_EQ(server({"SET", "k", "v"}), "OK");
  EXPECT_EQ(server({"GET", "k"}), "v");
  EXPECT_EQ(server({"MGET", "k", "none"}), "v (nil)");
  server.kill();
  EXPECT_EQ(server({"PING"}), "(unreachable)");
  server.start();
  EXPECT_EQ(server({"GET", "k"}), "(nil)");
}

}  // namespace slipway::testing
