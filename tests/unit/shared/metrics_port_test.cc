// The port that Kubernetes and Prometheus ask, while others do their worst on it.
#include "shared/observability/metrics_port.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "tools/stack/processes.h"

namespace pepline {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr int kPatienceMs = 15'000;

// One connection to the port, from an address of this machine.
class Visitor {
 public:
  Visitor(int port, const char* from) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in ours = {};
    ours.sin_family = AF_INET;
    inet_pton(AF_INET, from, &ours.sin_addr);
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&ours), sizeof(ours)), 0);
    sockaddr_in theirs = ours;
    inet_pton(AF_INET, "127.0.0.1", &theirs.sin_addr);
    theirs.sin_port = htons(static_cast<std::uint16_t>(port));
    EXPECT_EQ(connect(socket_, reinterpret_cast<sockaddr*>(&theirs), sizeof(theirs)), 0);
  }
  ~Visitor() { close(socket_); }
  Visitor(const Visitor&) = delete;
  Visitor& operator=(const Visitor&) = delete;

  void Send(const std::string& text) const {
    send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
  }
  void Ask(const std::string& path) const {
    Send(absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: pepline\r\nConnection: close\r\n\r\n"));
  }
  bool HasAnswer() const {
    pollfd readable{socket_, POLLIN, 0};
    return poll(&readable, 1, 0) == 1;
  }
  // Until the other end closes; "" when it does not in time.
  std::string Answer() const {
    std::string text;
    pollfd readable{socket_, POLLIN, 0};
    char bytes[4096];
    while (poll(&readable, 1, kPatienceMs) == 1) {
      const ssize_t count = recv(socket_, bytes, sizeof(bytes), 0);
      if (count <= 0) return text.empty() ? "closed" : text;
      text.append(bytes, static_cast<std::size_t>(count));
    }
    return "";
  }

 private:
  const int socket_;
};

class MetricsPortTest : public testing::Test {
 protected:
  void SetUp() override {
    auto started = MetricsPort::Start("127.0.0.1:0", metrics_,
                                      {.before_scrape =
                                           [this] {
                                             if (hold_) go_on_.WaitForNotification();
                                           },
                                       .health = [] { return absl::OkStatus(); },
                                       .ready = [] { return absl::UnavailableError("starting"); },
                                       .details = [this] { return details_; }});
    ASSERT_TRUE(started.ok()) << started.status();
    port_ = *std::move(started);
  }
  std::unique_ptr<Visitor> Visit(const char* from = "127.0.0.1") const {
    return std::make_unique<Visitor>(port_->port(), from);
  }
  std::string Get(const std::string& path) const {
    const auto visitor = Visit();
    visitor->Ask(path);
    return visitor->Answer();
  }

  Metrics metrics_;
  std::string details_ = "loops\n";
  std::atomic<bool> hold_ = false;
  absl::Notification go_on_;
  std::unique_ptr<MetricsPort> port_;
};

TEST_F(MetricsPortTest, AnswersWhatItIsAskedFor) {
  EXPECT_THAT(Get("/healthz"), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("\r\n\r\nok\n")));
  EXPECT_THAT(Get("/readyz"), AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("starting\nloops\n")));
  EXPECT_THAT(Get("/metrics"),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("text/plain; version=0.0.4"),
                    HasSubstr("# TYPE pepline_outbox_entries gauge")));
  EXPECT_THAT(Get("/metrics/"), StartsWith("HTTP/1.1 404"));
  const auto visitor = Visit();
  visitor->Send(
      "POST /metrics HTTP/1.1\r\nHost: p\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi");
  EXPECT_THAT(visitor->Answer(), StartsWith("HTTP/1.1 405"));
}

TEST_F(MetricsPortTest, HealthIsAnsweredWhileOthersHangOnThePort) {
  std::vector<std::unique_ptr<Visitor>> hanging;
  for (const char* from : {"127.0.0.1", "127.0.0.2", "127.0.0.3"}) {
    for (int i = 0; i < 60; ++i) {
      hanging.push_back(Visit(from));
      if (i % 2 == 0) hanging.back()->Send("GET /metrics HTTP/1.1\r\nHost: pep");
    }
  }
  EXPECT_THAT(Get("/healthz"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Get("/metrics"), StartsWith("HTTP/1.1 200"));
  for (const auto& one : hanging) EXPECT_FALSE(one->HasAnswer()) << "it was sent away before";
}

TEST_F(MetricsPortTest, OneAddressCannotTakeTheWholePort) {
  std::vector<std::unique_ptr<Visitor>> hanging;
  for (int i = 0; i < 400; ++i) hanging.push_back(Visit("127.0.0.2"));
  EXPECT_THAT(Get("/healthz"), StartsWith("HTTP/1.1 200"));
}

TEST_F(MetricsPortTest, WhoeverSaysNothingIsSentAway) {
  const auto silent = Visit();
  const auto halfway = Visit();
  halfway->Send("GET /healthz HTTP/1.1\r\n");
  EXPECT_EQ(silent->Answer(), "closed");
  EXPECT_NE(halfway->Answer(), "");
}

TEST_F(MetricsPortTest, WhoeverDoesNotReadKeepsNobodyElseWaiting) {
  details_.assign(20 * 1024 * 1024, 'x');
  std::vector<std::unique_ptr<Visitor>> slow;
  for (int i = 0; i < 8; ++i) {
    slow.push_back(Visit("127.0.0.2"));
    slow.back()->Ask("/readyz");
  }
  EXPECT_THAT(Get("/healthz"), StartsWith("HTTP/1.1 200"));
}

TEST_F(MetricsPortTest, AProbeDoesNotWaitForScrapesAndTheFifthScrapeIsToldToComeBack) {
  hold_ = true;
  std::vector<std::unique_ptr<Visitor>> scrapers;
  for (int i = 0; i < 5; ++i) {
    scrapers.push_back(Visit());
    scrapers.back()->Ask("/metrics");
  }
  int told = -1;
  EXPECT_TRUE(WaitUntil(
      [&] {
        for (int i = 0; i < 5; ++i) {
          if (scrapers[static_cast<std::size_t>(i)]->HasAnswer()) told = i;
        }
        return told >= 0;
      },
      absl::Seconds(10)));
  ASSERT_GE(told, 0);
  EXPECT_THAT(scrapers[static_cast<std::size_t>(told)]->Answer(),
              AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("too many scrapes at once")));
  EXPECT_THAT(Get("/healthz"), StartsWith("HTTP/1.1 200"));
  go_on_.Notify();
  for (int i = 0; i < 5; ++i) {
    if (i == told) continue;
    EXPECT_THAT(scrapers[static_cast<std::size_t>(i)]->Answer(), StartsWith("HTTP/1.1 200"));
  }
}

TEST_F(MetricsPortTest, ItEndsWhileScrapesWait) {
  hold_ = true;
  const auto one = Visit();
  const auto other = Visit();
  one->Ask("/metrics");
  other->Ask("/metrics");
  go_on_.Notify();
  port_.reset();
  EXPECT_NE(one->Answer(), "");
  EXPECT_NE(other->Answer(), "");
}

TEST(MetricsPort, AnAddressThatCannotBeHadIsNamedWithTheFix) {
  Metrics metrics;
  const auto health = [] { return absl::OkStatus(); };
  auto first = MetricsPort::Start("127.0.0.1:0", metrics, {.health = health, .ready = health});
  ASSERT_TRUE(first.ok());
  for (const std::string& address :
       {absl::StrCat("127.0.0.1:", (*first)->port()), std::string("nonsense"),
        std::string("127.0.0.1:"), std::string("no host.example:1")}) {
    const auto second = MetricsPort::Start(address, metrics, {.health = health, .ready = health});
    EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable) << address;
    EXPECT_THAT(std::string(second.status().message()), HasSubstr("PEPLINE_METRICS_ADDRESS: "));
  }
  EXPECT_TRUE(MetricsPort::Start("[::1]:0", metrics, {.health = health, .ready = health}).ok());
}

}  // namespace
}  // namespace pepline
