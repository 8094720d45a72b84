// How many streams of a connection gRPC still has in memory: those that run, and those that were
// reset or answered and wait to be cleared away. gRPC 1.51 bounds the first alone, so a peer that
// opens streams and resets them at once (CVE-2023-44487) makes it hold hundreds of thousands.
// Does not: stop anybody. Threads: safe from any thread; takes some hundredths of a millisecond.
#ifndef PEPLINE_SHARED_RPC_HELD_STREAMS_H_
#define PEPLINE_SHARED_RPC_HELD_STREAMS_H_

#include <sys/socket.h>

#include <cstdint>

namespace pepline {

// Of the connection from this address and port to any gRPC server of this process; 0 where there is
// none. gRPC counts them for channelz, which answers even while its own threads cannot keep up.
std::int64_t HeldStreams(const sockaddr_storage& peer);

// What has come in on a connection since it began, bytes; 0 when that cannot be had.
std::uint64_t BytesReceived(int file);

}  // namespace pepline

#endif  // PEPLINE_SHARED_RPC_HELD_STREAMS_H_
