// A caller that keeps to HTTP/2 and to nothing else: opens streams by hand, resets them, and never
// waits for an answer. For tests of what a hostile caller may cost. Threads: one at a time.
#ifndef PEPLINE_TESTS_COMPONENT_RPC_HTTP2_PEER_H_
#define PEPLINE_TESTS_COMPONENT_RPC_HTTP2_PEER_H_

#include <cstdint>
#include <string>

namespace pepline {

class Http2Peer {
 public:
  // Connects to 127.0.0.1:port from an address of this machine and says the preface.
  explicit Http2Peer(int port, const std::string& from = "127.0.0.1");
  ~Http2Peer();
  Http2Peer(const Http2Peer&) = delete;
  Http2Peer& operator=(const Http2Peer&) = delete;

  // A new stream that asks for this RPC ("/pepline.…/GetFundLine"), without a token, and stays
  // open.
  std::uint32_t Open(const std::string& path);
  void Reset(std::uint32_t stream);
  // Sends what was said, and reads what has come, without waiting for more.
  void Flush();
  // False once the other end has closed.
  bool alive() const { return alive_; }

 private:
  void Frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
             const std::string& payload);
  void ReadWhatHasCome();

  int socket_;
  bool alive_ = true;
  std::uint32_t next_stream_ = 1;
  std::string unsent_;
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_COMPONENT_RPC_HTTP2_PEER_H_
