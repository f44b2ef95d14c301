// A PostgreSQL server of a test program's own: a fresh cluster on a free port of 127.0.0.1, gone
// with the program however that ends. Not part of the program.
#pragma once

#include <libpq-fe.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "platform/child_process_test_support.hpp"
#include "platform/test_support.hpp"

namespace slipway::testing {

class PostgresServer {
 public:
  static constexpr const char* kPlainUser = "plain";  // refused over TLS
  /// Every character that a URL has a use for.
  static constexpr const char* kPassword = "p@ss/w:rd ?#%'\\";
  static constexpr const char* kPasswordInUrl = "p%40ss%2Fw%3Ard%20%3F%23%25'%5C";

  /// Started at the first use.
  static PostgresServer& shared() {
    static PostgresServer server;
    return server;
  }

  PostgresServer() : port_(freePort()) {
    std::filesystem::permissions(folder_.file("."), std::filesystem::perms(0755));
    if (owner_ != nullptr && ::chown(folder_.file(".").c_str(), owner_->pw_uid, owner_->pw_gid)) {
      throw std::runtime_error("chown failed");
    }
    std::ofstream(folder_.file("password")) << kPassword << '\n';
    const auto initdb =
        spawn(owner_, folder_.file("log"),
              {programs_ + "/initdb", "-D", data(), "-E", "UTF8", "--locale=C.UTF-8", "-U",
               "postgres", "--auth-local=trust", "--auth-host=scram-sha-256", "--pwfile",
               folder_.file("password"), "--no-sync"});
    if (waitFor(initdb) != 0) throw std::runtime_error("initdb failed: " + log());
    makeCertificate();
    allowPlainConnections();
    start();
  }
  ~PostgresServer() { stop(SIGQUIT); }
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  void start() {
    postmaster_ = spawn(owner_, folder_.file("log"),
                        {programs_ + "/postgres", "-D", data(), "-p", std::to_string(port_), "-k",
                         folder_.file("."), "-c", "listen_addresses=127.0.0.1,127.0.0.2", "-c",
                         "fsync=off", "-c", "max_connections=60", "-c", "ssl=on"});
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (PQping(url().c_str()) != PQPING_OK) {
      if (std::chrono::steady_clock::now() > end) throw std::runtime_error("no server: " + log());
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  /// SIGINT: fast, SIGQUIT: at once.
  void stop(int signal = SIGINT) {
    if (postmaster_ <= 0) return;
    ::kill(postmaster_, signal);
    waitFor(postmaster_);
    postmaster_ = 0;
  }
  /// Of the postmaster and of all its children.
  void signalAll(int signal) {
    ::kill(postmaster_, signal);
    const auto pid = std::to_string(postmaster_);
    std::ifstream children("/proc/" + pid + "/task/" + pid + "/children");
    for (pid_t child = 0; children >> child;) ::kill(child, signal);
  }

  int port() const { return port_; }
  std::string url(const std::string& database = "postgres",
                  const std::string& user = "postgres") const {
    return "postgresql://" + user + ":" + kPasswordInUrl + "@127.0.0.1:" + std::to_string(port_) +
           "/" + database;
  }
  /// With the folder of its Unix socket.
  std::string socketUrl() const {
    return "postgresql://postgres@/postgres?host=" + folder_.file("") +
           "&port=" + std::to_string(port_);
  }
  /// As a superuser, outside of what is tested; the first value of the result.
  std::string run(const std::string& sql, const std::string& database = "postgres") {
    PGconn* const connection = PQconnectdb(url(database).c_str());
    PQsetNoticeReceiver(connection, [](void*, const PGresult*) {}, nullptr);
    PGresult* const result = PQexec(connection, sql.c_str());
    const auto status = PQresultStatus(result);
    const bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    std::string value = PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "";
    const std::string error = PQerrorMessage(connection);
    PQclear(result);
    PQfinish(connection);
    if (!good) throw std::runtime_error(sql + ": " + error);
    return value;
  }
  /// The name of a new, empty database.
  std::string createDatabase() {
    const auto name = "test" + std::to_string(++databases_);
    run("CREATE DATABASE " + name);
    return name;
  }

  /// Of the server, for localhost and 127.0.0.1; signed by itself.
  std::string certificate() const { return folder_.file("data/server.crt"); }

 private:
  void makeCertificate() {
    const auto made = spawn(owner_, folder_.file("log"),
                            {"/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                             "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                             "/CN=test", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                             "-keyout", folder_.file("data/server.key"), "-out", certificate()});
    if (waitFor(made) != 0) throw std::runtime_error("openssl failed: " + log());
  }
  void allowPlainConnections() {
    const auto path = folder_.file("data/pg_hba.conf");
    const auto rules = contentsOf(path);
    std::ofstream(path) << "hostssl all " << kPlainUser << " all reject\n" << rules;
  }
  std::string data() const { return folder_.file("data"); }
  std::string log() const { return contentsOf(folder_.file("log")); }
  static std::string findPrograms() {
    std::vector<std::string> found;
    for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql")) {
      found.push_back(version.path().string() + "/bin");
    }
    if (found.empty()) throw std::runtime_error("no PostgreSQL server is installed");
    return *std::ranges::max_element(found);
  }
  const passwd* const owner_ = ::geteuid() == 0 ? ::getpwnam("postgres") : nullptr;
  const std::string programs_ = findPrograms();
  const TemporaryFolder folder_;
  const int port_;
  pid_t postmaster_ = 0;
  int databases_ = 0;
};

}  // namespace slipway::testing
