// The bytes of a file as they come, so that a large one is never held whole.
// Threads: whoever reads calls; what is given out is that thread's until it asks again.
#ifndef PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_PIECES_H_
#define PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_PIECES_H_

#include <cstddef>
#include <functional>
#include <string_view>

namespace pepline::registry::imports {

// The next bytes, in their order; none: the end, and that again and again. They stay until the next
// are asked for.
using Pieces = std::function<std::string_view()>;

// Of a file that is here, which must outlive them.
inline Pieces PiecesOf(std::string_view bytes, std::size_t size = 64 * 1024) {
  return [bytes, size]() mutable {
    const std::string_view piece = bytes.substr(0, size);
    bytes.remove_prefix(piece.size());
    return piece;
  };
}

}  // namespace pepline::registry::imports

#endif  // PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_PIECES_H_
