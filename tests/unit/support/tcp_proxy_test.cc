// What the proxy does to a connection is what the tests say that it does.
#include "tests/support/tcp_proxy.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "absl/time/clock.h"
#include "tools/stack/processes.h"

namespace pepline {
namespace {

constexpr absl::Duration kSoon = absl::Milliseconds(200);
constexpr absl::Duration kLong = absl::Seconds(10);

// A socket that closes itself.
class Socket {
 public:
  explicit Socket(int fd = -1) : fd_(fd) {}
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket(const Socket&) = delete;
  int fd() const { return fd_; }

  void Send(const std::string& text) const {
    EXPECT_EQ(send(fd_, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  // Something to read, or the end, within the bound?
  bool Stirs(absl::Duration bound) const {
    pollfd look{fd_, POLLIN, 0};
    return poll(&look, 1, static_cast<int>(absl::ToInt64Milliseconds(bound))) == 1;
  }
  // All that comes until there are so many bytes; shorter when it ends before.
  std::string Receive(std::size_t size) const {
    std::string text;
    char buffer[65536];
    while (text.size() < size && Stirs(kLong)) {
      const ssize_t got = recv(fd_, buffer, std::min(sizeof(buffer), size - text.size()), 0);
      if (got <= 0) break;
      text.append(buffer, static_cast<std::size_t>(got));
    }
    return text;
  }
  bool AtEnd() const {
    char byte;
    return Stirs(kLong) && recv(fd_, &byte, 1, 0) <= 0;
  }

 private:
  int fd_;
};

class TcpProxyTest : public testing::Test {
 protected:
  void SetUp() override {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = Loopback(0);
    socklen_t size = sizeof(address);
    ASSERT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    ASSERT_EQ(listen(listener_, 16), 0);
    ASSERT_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    auto proxy = TcpProxy::Start(ntohs(address.sin_port));
    ASSERT_TRUE(proxy.ok()) << proxy.status();
    proxy_ = *std::move(proxy);
  }
  ~TcpProxyTest() override { close(listener_); }

  static sockaddr_in Loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }
  Socket Connect() const {
    Socket client(socket(AF_INET, SOCK_STREAM, 0));
    const sockaddr_in address = Loopback(proxy_->port());
    EXPECT_EQ(connect(client.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)),
              0);
    return client;
  }
  Socket Accept() const { return Socket(accept(listener_, nullptr, nullptr)); }

  int listener_ = -1;
  std::unique_ptr<TcpProxy> proxy_;
};

TEST_F(TcpProxyTest, CarriesEveryByteBothWaysAndTheEndAsWell) {
  const Socket client = Connect();
  const Socket server = Accept();
  const std::string large(3'000'000, 'x');
  std::thread sender([&] { client.Send(large + "end"); });
  EXPECT_EQ(server.Receive(large.size() + 3), large + "end");
  sender.join();
  server.Send("answer");
  EXPECT_EQ(client.Receive(6), "answer");
  shutdown(client.fd(), SHUT_WR);
  EXPECT_TRUE(server.AtEnd());
  server.Send("after the end");
  EXPECT_EQ(client.Receive(13), "after the end");
}

TEST_F(TcpProxyTest, ACutHoldsEverythingBackAndLosesNothing) {
  const Socket client = Connect();
  const Socket server = Accept();
  proxy_->Cut();
  client.Send("question");
  EXPECT_FALSE(server.Stirs(kSoon));
  const Socket newcomer = Connect();
  newcomer.Send("hello");
  pollfd look{listener_, POLLIN, 0};
  EXPECT_EQ(poll(&look, 1, 200), 0);
  proxy_->Mend();
  EXPECT_EQ(server.Receive(8), "question");
  EXPECT_EQ(Accept().Receive(5), "hello");
}

TEST_F(TcpProxyTest, RefusesWhoIsNewAndServesWhoIsThere) {
  const Socket client = Connect();
  const Socket server = Accept();
  proxy_->Refuse();
  EXPECT_TRUE(Connect().AtEnd());
  client.Send("still here");
  EXPECT_EQ(server.Receive(10), "still here");
}

TEST_F(TcpProxyTest, IsAsSlowAsItIsTold) {
  const Socket client = Connect();
  const Socket server = Accept();
  proxy_->Delay(absl::Milliseconds(300));
  const absl::Time sent = absl::Now();
  client.Send("a");
  EXPECT_EQ(server.Receive(1), "a");
  server.Send("b");
  EXPECT_EQ(client.Receive(1), "b");
  EXPECT_GE(absl::Now() - sent, absl::Milliseconds(590));
  EXPECT_LT(absl::Now() - sent, kLong);
}

TEST_F(TcpProxyTest, BreaksWhatIsOpenAndTakesWhoComesNext) {
  const Socket client = Connect();
  const Socket server = Accept();
  proxy_->CloseAll();
  EXPECT_TRUE(client.AtEnd());
  EXPECT_TRUE(server.AtEnd());
  const Socket next = Connect();
  next.Send("again");
  EXPECT_EQ(Accept().Receive(5), "again");
  EXPECT_TRUE(WaitUntil([&] { return proxy_->connections() == 1; }, kLong));
}

TEST_F(TcpProxyTest, AServerThatIsNotThereLooksLikeOneThatClosesAtOnce) {
  auto proxy = TcpProxy::Start(FreePort());
  ASSERT_TRUE(proxy.ok());
  proxy_ = *std::move(proxy);
  EXPECT_TRUE(Connect().AtEnd());
}

}  // namespace
}  // namespace pepline
